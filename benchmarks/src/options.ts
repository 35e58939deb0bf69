import { parseArgs } from "node:util";
import { participants } from "./participants.ts";
import { RUNTIMES, type RuntimeName } from "./runtimes.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { TARGETS } from "./targets.ts";

export interface Options {
  readonly scenarios: readonly Scenario[];
  readonly runtimes: readonly RuntimeName[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly only: readonly string[];
  /** Folder of the report, or undefined to print it only. */
  readonly out: string | undefined;
  /** Keep what an earlier report in `out` holds of other scenarios and runtimes. */
  readonly merge: boolean;
  /** Measure nothing: write the report in `out` anew, from its figures. */
  readonly rewrite: boolean;
  readonly list: boolean;
}

export const USAGE = `pnpm bench [scenario…] [options]

  scenario…            ids, or beginnings of ids (echo-125, idle, client…); all when none is given
  --runtime a,b        node, bun, deno (default: all three)
  --targets            only the scenarios that a target is set for
  --rounds N           interleaved rounds (default 9)
  --only a,b           subjects by id, a segment of it, or kind: ours, peer, floor, tcp, ws, serve, upgrade… (default: all)
  --out FOLDER         where to write the report (default: docs, for a run of all scenarios and runtimes; else none)
  --merge              into the report that is in FOLDER already, in the place of what is measured again; needs --out
  --rewrite            measures nothing: writes the report in docs, or in FOLDER, anew from its results.json
  --quick              a smoke test: the short list of scenarios, one short round, no report unless --out is given
  --list               print the scenarios
`;

/** Throws an Error with a sentence for whoever typed it. */
export function parseOptions(args: readonly string[], docs: string): Options {
  const { values, positionals } = parseArgs({
    args: args.filter((word) => word !== "--"),
    allowPositionals: true,
    options: {
      runtime: { type: "string" },
      rounds: { type: "string" },
      only: { type: "string" },
      out: { type: "string" },
      quick: { type: "boolean", default: false },
      merge: { type: "boolean", default: false },
      rewrite: { type: "boolean", default: false },
      targets: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  const quick = values.quick;
  const runtimes = list(values.runtime).map((word): RuntimeName => {
    const runtime = RUNTIMES.find((name) => name === word);
    if (runtime === undefined) throw new Error(`unknown runtime ${word}: one of ${RUNTIMES.join(", ")}`);
    return runtime;
  });
  const rounds = values.rounds === undefined ? (quick ? 1 : 9) : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds takes a whole number from 1 up");
  for (const word of positionals) {
    if (!SCENARIOS.some(({ id }) => id.startsWith(word)))
      throw new Error(`no scenario begins with ${word}: see --list`);
  }
  const scenarios = SCENARIOS.filter(({ id, quick: inQuick }) => {
    if (values.targets && !TARGETS.some(({ scenario, from }) => scenario === id || from === id)) return false;
    return positionals.length > 0 ? positionals.some((word) => id.startsWith(word)) : !quick || inQuick === true;
  });
  const only = list(values.only);
  expectNamed(only, scenarios, runtimes.length === 0 ? RUNTIMES : runtimes);
  if (values.merge && values.out === undefined) throw new Error("--merge needs --out: the folder of the report");
  const whole = scenarios.length === SCENARIOS.length && runtimes.length === 0 && values.only === undefined;
  return {
    scenarios,
    runtimes: runtimes.length === 0 ? RUNTIMES : runtimes,
    rounds,
    quick,
    only,
    out: values.out ?? (whole || values.rewrite ? docs : undefined),
    merge: values.merge,
    rewrite: values.rewrite,
    list: values.list,
  };
}

/** A word that names nothing would measure nothing, and succeed. */
function expectNamed(only: readonly string[], scenarios: readonly Scenario[], runtimes: readonly RuntimeName[]): void {
  const taking = (words: readonly string[]): readonly string[] =>
    scenarios.flatMap((scenario) =>
      runtimes.flatMap((runtime) => participants(scenario, runtime, words).map(({ id }) => id)),
    );
  for (const word of only) {
    if (taking([word]).length > 0) continue;
    throw new Error(`--only ${word} names no subject: there are ${[...new Set(taking([]))].join(", ")}`);
  }
}

function list(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(",").filter((word) => word !== "");
}
