import { setTimeout } from "node:timers/promises";
import {
  ALL_CASES,
  CommandEndpoint,
  countVerdicts,
  DELIVERIES,
  LoopEndpoint,
  resolveTestee,
  runSuite,
  ServerEndpoint,
  selectCases,
} from "@samewire/conformance";
import { startChild, startServer } from "./child.mjs";

/**
 * What is put through the suite.
 *
 * @typedef {object} Testee
 * @property {string} name
 * @property {"server" | "client"} role
 * @property {readonly string[]} command starts the server; for a client that drives itself, the suite's URL is appended
 * @property {readonly string[]} [once] starts a client for one connection: a few cases need to give it a URL of their own
 * @property {import("@samewire/conformance").TesteeOptions} options
 */

/** Runs in flight against a server; a client decides for itself. */
const CONCURRENCY = 20;
/** A client may take this long to exit once it has asked for the report, in milliseconds. */
const EXIT_PATIENCE = 3_000;

/**
 * Puts one testee through the cases.
 *
 * @param {Testee} testee
 * @param {{ group: "core" | "thorough", ids: readonly string[], seed: number }} choice
 * @returns {Promise<import("@samewire/conformance").SuiteReport>}
 */
export async function runTestee(testee, { group, ids, seed }) {
  const { name, role, command } = testee;
  const common = {
    cases: selectCases(ALL_CASES, { role, group, ids }),
    testee: resolveTestee({ name, ...testee.options }),
    target: command.map((word) => word.replace(/^.*[/\\]/, "")).join(" "),
    role,
    group,
    deliveries: DELIVERIES,
    seed,
  };
  if (role === "server") {
    const server = await startServer(command);
    try {
      return await runSuite({ ...common, endpoint: new ServerEndpoint(server.url), concurrency: CONCURRENCY });
    } finally {
      await server.stop();
    }
  }
  const launched = common.cases.filter(({ needs }) => needs.launchedClient === true);
  if (testee.once === undefined || launched.length === 0) return await runLoop(name, command, common);
  const cases = common.cases.filter((test) => !launched.includes(test));
  return joined(
    await runLoop(name, command, { ...common, cases }),
    await runOnce(testee.once, { ...common, cases: launched }),
  );
}

/** @typedef {Omit<import("@samewire/conformance").SuiteOptions, "endpoint" | "concurrency">} Common */

/**
 * All cases with one process, which drives itself.
 *
 * @param {string} name
 * @param {readonly string[]} command
 * @param {Common} common
 */
async function runLoop(name, command, common) {
  const endpoint = await LoopEndpoint.start(0);
  const running = runSuite({ ...common, endpoint, concurrency: Number.MAX_SAFE_INTEGER });
  const client = startChild([...command, endpoint.url], "ignore");
  void client.exited.then((how) => {
    if (how !== "exited with 0") process.stderr.write(`${name} ${how}\n${client.stderr()}\n`);
    endpoint.stop();
  });
  try {
    return await running;
  } finally {
    await Promise.race([client.exited, setTimeout(EXIT_PATIENCE, undefined, { ref: false })]);
    await client.stop();
    await endpoint.close();
  }
}

/**
 * A process for each connection.
 *
 * @param {readonly string[]} command
 * @param {Common} common
 */
async function runOnce(command, common) {
  const endpoint = await CommandEndpoint.start(0, command);
  try {
    return await runSuite({ ...common, endpoint, concurrency: 2 });
  } finally {
    await endpoint.close();
  }
}

/**
 * Two parts of one report.
 *
 * @param {import("@samewire/conformance").SuiteReport} first
 * @param {import("@samewire/conformance").SuiteReport} second
 * @returns {import("@samewire/conformance").SuiteReport}
 */
function joined(first, second) {
  const results = [...first.results, ...second.results];
  const durationMs = first.durationMs + second.durationMs;
  return { ...first, results, durationMs, totals: countVerdicts(results.map(({ verdict }) => verdict)) };
}
