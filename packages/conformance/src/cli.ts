import { writeFileSync } from "node:fs";
import { ALL_CASES } from "./cases/all-cases.ts";
import { type CliOptions, CliUsageError, parseCli, USAGE } from "./cli-options.ts";
import { ClientProcess } from "./endpoints/client-process.ts";
import { CommandEndpoint } from "./endpoints/command-endpoint.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import { LoopEndpoint } from "./endpoints/loop-endpoint.ts";
import { ServerEndpoint } from "./endpoints/server-endpoint.ts";
import { renderHtml } from "./report/html-report.ts";
import { renderJson } from "./report/json-report.ts";
import { renderJunit } from "./report/junit-report.ts";
import { Progress } from "./report/progress.ts";
import { renderText } from "./report/text-report.ts";
import type { SuiteReport } from "./report.ts";
import { runSuite } from "./runner.ts";
import { selectCases } from "./selection.ts";

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 || argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(USAGE);
    return argv.length === 0 ? 2 : 0;
  }
  const options = parseCli(argv);
  const cases = selectCases(ALL_CASES, options);
  if (cases.length === 0) throw new CliUsageError("no case has such an id");
  if (options.list) {
    for (const { id, group, section, title } of cases) process.stdout.write(`${id}\t${group}\t${section}\t${title}\n`);
    return 0;
  }
  const endpoint = await endpointOf(options);
  const client = selfDriving(options, endpoint);
  const progress = new Progress(process.stderr);
  try {
    const report = await runSuite({
      ...options,
      cases,
      endpoint,
      target: options.role === "server" ? options.url : options.command.join(" ") || "a client that drives itself",
      // A self-driving client decides the order, so every run must be ready for it.
      concurrency: options.loop ? Number.MAX_SAFE_INTEGER : Math.max(1, options.concurrency),
      onResult: (result, done, total) => progress.result(result, done, total),
    });
    progress.end();
    write(options, report);
    return report.totals.fail > 0 || (options.strict && report.totals["non-strict"] > 0) ? 1 : 0;
  } finally {
    await client?.finish(1_000);
    await endpoint.close();
  }
}

function endpointOf(options: CliOptions): Promise<Endpoint> {
  if (options.role === "server") return Promise.resolve(new ServerEndpoint(options.url));
  if (options.loop) return LoopEndpoint.start(options.port);
  return CommandEndpoint.start(options.port, options.command);
}

/** Starts a self-driving client if a command was given, and tells where to point it if none was. */
function selfDriving(options: CliOptions, endpoint: Endpoint): ClientProcess | undefined {
  if (!(endpoint instanceof LoopEndpoint)) return undefined;
  if (options.command.length === 0) {
    process.stderr.write(`waiting for a client at ${endpoint.url}/getCaseCount\n`);
    return undefined;
  }
  const client = new ClientProcess(options.command, endpoint.url);
  endpoint.watch();
  void client.exit.then((how) => {
    if (how !== "exited with 0") process.stderr.write(`the client ${how}\n${client.stderr}\n`);
    endpoint.stop(`its process ${how}`);
  });
  return client;
}

function write(options: CliOptions, report: SuiteReport): void {
  process.stdout.write(renderText([report]));
  if (options.json !== undefined) writeFileSync(options.json, renderJson([report]));
  if (options.junit !== undefined) writeFileSync(options.junit, renderJunit([report]));
  if (options.html !== undefined) writeFileSync(options.html, renderHtml([report]));
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.exitCode = error instanceof CliUsageError ? 2 : 1;
    process.stderr.write(`${error instanceof CliUsageError ? error.message : (error as Error).stack}\n`);
  },
);
