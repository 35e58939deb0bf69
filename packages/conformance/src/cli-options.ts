import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Group, Role } from "./case.ts";
import { DELIVERIES, type Delivery } from "./delivery.ts";
import { parseTesteeOptions, resolveTestee, type Testee } from "./testee.ts";

/** What the command line asks for. */
export interface CliOptions {
  readonly role: Role;
  /** Server role. */
  readonly url: string;
  /** Client role. */
  readonly port: number;
  readonly loop: boolean;
  readonly command: readonly string[];
  readonly testee: Testee;
  readonly group: Group;
  readonly ids: readonly string[];
  readonly deliveries: readonly Delivery[];
  readonly concurrency: number;
  readonly seed: number;
  readonly strict: boolean;
  readonly list: boolean;
  readonly json: string | undefined;
  readonly junit: string | undefined;
  readonly html: string | undefined;
}

/** The command line was wrong; the message says how. */
export class CliUsageError extends Error {
  override readonly name = "CliUsageError";
}

export const USAGE = `samewire-conformance - RFC 6455 and RFC 7692 cases for any WebSocket server or client

  samewire-conformance server URL [options]                     an echo server at a ws: or wss: URL
  samewire-conformance client --port N [options] -- COMMAND…    an echo client, started once per connection;
                                                                {url} in COMMAND is replaced, else the URL is appended
  samewire-conformance client --port N --loop [options] [-- COMMAND…]
                                                                a client that drives itself: /getCaseCount, /runCase?case=N, /updateReports

  --group core|thorough   core (default) takes under a minute, thorough adds large and exhaustive cases
  --case GLOB             only these case ids, such as 'UT-*'; may be repeated
  --options FILE          JSON: what the testee supports (see the README)
  --name NAME             the testee's name in reports
  --json FILE  --junit FILE  --html FILE
  --delivery whole|bytes|splits   only these ways to cut the bytes; may be repeated
  --concurrency N         runs in flight (default 20 against a server, 2 per core for started clients)
  --seed N                repeat a run's random choices
  --strict                non-strict results fail too
  --list                  list the cases and end

Exit status: 0 if no case failed, 1 if one did, 2 if the command line was wrong.
`;

/** Reads the arguments after the program's name. Throws {@link CliUsageError}. */
export function parseCli(argv: readonly string[]): CliOptions {
  const split = argv.indexOf("--");
  const own = split === -1 ? argv : argv.slice(0, split);
  const command = split === -1 ? [] : argv.slice(split + 1);
  const { values, positionals } = parse(own);
  const [role, url = ""] = positionals;
  if (role !== "server" && role !== "client")
    throw new CliUsageError("say `server URL` or `client --port N -- COMMAND…`");
  if (positionals.length > (role === "server" ? 2 : 1)) throw new CliUsageError(`unexpected: ${positionals.at(-1)}`);
  const list = values.list ?? false;
  const loop = values.loop ?? false;
  if (role === "server" && url === "" && !list) throw new CliUsageError("`server` needs the URL of the server");
  if (role === "client" && command.length === 0 && !loop && !list) {
    throw new CliUsageError("`client` needs `-- COMMAND…`, or --loop for a client that drives itself");
  }
  const group = values.group ?? "core";
  if (group !== "core" && group !== "thorough") throw new CliUsageError(`--group ${group}: core or thorough`);
  return {
    role,
    url,
    port: integer("--port", values.port ?? "0", 65_535),
    loop,
    command,
    testee: testeeOf(values.options, values.name ?? (role === "server" ? url : (command[0] ?? "client"))),
    group,
    ids: values.case ?? [],
    deliveries: values.delivery === undefined ? DELIVERIES : values.delivery.map(delivery),
    concurrency: integer("--concurrency", values.concurrency ?? defaultConcurrency(role), 1_000),
    seed: integer("--seed", values.seed ?? String(Date.now() % 2 ** 32), 2 ** 32 - 1),
    strict: values.strict ?? false,
    list,
    json: values.json,
    junit: values.junit,
    html: values.html,
  };
}

const STRING = { type: "string" } as const;
const STRINGS = { type: "string", multiple: true } as const;
const FLAG = { type: "boolean" } as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: STRING,
        loop: FLAG,
        group: STRING,
        case: STRINGS,
        options: STRING,
        name: STRING,
        json: STRING,
        junit: STRING,
        html: STRING,
        delivery: STRINGS,
        concurrency: STRING,
        seed: STRING,
        strict: FLAG,
        list: FLAG,
      },
    });
  } catch (error) {
    throw new CliUsageError((error as Error).message);
  }
}

function testeeOf(file: string | undefined, name: string): Testee {
  if (file === undefined) return resolveTestee({ name });
  try {
    return resolveTestee({ name, ...parseTesteeOptions(readFileSync(file, "utf8")) });
  } catch (error) {
    throw new CliUsageError(`--options ${file}: ${(error as Error).message}`);
  }
}

function integer(name: string, value: string, max: number): number {
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed < 0 || parsed > max) throw new CliUsageError(`${name} ${value}: 0 to ${max}`);
  return parsed;
}

function delivery(name: string): Delivery {
  const found = DELIVERIES.find((known) => known === name);
  if (found === undefined) throw new CliUsageError(`--delivery ${name}: ${DELIVERIES.join(", ")}`);
  return found;
}

function defaultConcurrency(role: Role): string {
  return role === "server" ? "20" : String(2 * availableParallelism());
}
