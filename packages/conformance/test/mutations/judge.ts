import { ALL_CASES } from "../../src/cases/all-cases.ts";
import type { Delivery } from "../../src/delivery.ts";
import {
  DELIVERIES,
  LoopEndpoint,
  resolveTestee,
  runSuite,
  ServerEndpoint,
  type SuiteReport,
} from "../../src/index.ts";
import { selectCases } from "../../src/selection.ts";
import { runEchoClient } from "./echo-client.ts";
import { HANDSHAKE_TIMEOUT, LIMIT, startEchoServer } from "./echo-server.ts";
import type { Faults } from "./fault.ts";
import { MAX_HEAD } from "./head-reader.ts";

/** What the suite has to know of the testees of this folder. */
const TESTEE = {
  maxMessageSize: LIMIT,
  enforcesMaxMessageSize: true,
  maxHeadSize: MAX_HEAD,
  deadlines: { answer: 8_000, close: 5_000, closeTimeout: 2_000, handshakeTimeout: HANDSHAKE_TIMEOUT },
};

interface Question {
  readonly role: "server" | "client";
  readonly faults: Faults;
  readonly ids: readonly string[];
  readonly deliveries?: readonly Delivery[];
}

/** Puts a testee with these faults through the cases with these ids. */
export async function judge({ role, faults, ids, deliveries = DELIVERIES }: Question): Promise<SuiteReport> {
  const common = {
    cases: selectCases(ALL_CASES, { role, group: "core", ids }),
    testee: resolveTestee({ ...TESTEE, ...(role === "client" ? { subprotocol: "chat.v1" } : {}) }),
    target: "in process",
    role,
    group: "core",
    deliveries,
    seed: 6455,
  } as const;
  if (role === "server") {
    const server = await startEchoServer(faults);
    try {
      return await runSuite({ ...common, endpoint: new ServerEndpoint(server.url), concurrency: 24 });
    } finally {
      await server.close();
    }
  }
  const endpoint = await LoopEndpoint.start(0);
  try {
    const report = runSuite({ ...common, endpoint, concurrency: Number.MAX_SAFE_INTEGER });
    await drive(endpoint, faults);
    return await report;
  } finally {
    await endpoint.close();
  }
}

/** A self-driving client: every case by its number, some at a time. */
async function drive(endpoint: LoopEndpoint, faults: Faults): Promise<void> {
  const numbers = Array.from({ length: endpoint.count }, (_, index) => index + 1).values();
  const worker = async (): Promise<void> => {
    for (const number of numbers) await runEchoClient(`${endpoint.url}/runCase?case=${number}`, faults);
  };
  await Promise.all(Array.from({ length: 24 }, worker));
}
