import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { generate } from "selfsigned";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import {
  ALL_CASES,
  CommandEndpoint,
  type Endpoint,
  LoopEndpoint,
  resolveTestee,
  runSuite,
  ServerEndpoint,
  type SuiteReport,
  selectCases,
} from "../src/index.ts";
import { runEchoClient } from "./mutations/echo-client.ts";

/** An echo client on an implementation that is not ours, started from here so that it finds the package. */
const CLIENT = `
  import("ws").then(({ WebSocket }) => {
    const socket = new WebSocket(process.argv.at(-1));
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on("error", (error) => { console.error(error.message); process.exitCode = 1; });
  });
`;

function run(endpoint: Endpoint, ids: readonly string[], role: "server" | "client" = "client"): Promise<SuiteReport> {
  return runSuite({
    cases: selectCases(ALL_CASES, { role, group: "core", ids }),
    endpoint,
    testee: resolveTestee({}),
    target: "the testee",
    role,
    group: "core",
    concurrency: 4,
    deliveries: ["whole"],
    seed: 1,
  });
}

describe("CommandEndpoint", () => {
  it.each([
    ["appends the URL", [process.execPath, "--eval", CLIENT]],
    ["replaces {url}", [process.execPath, "--eval", CLIENT, "--", "--to", "{url}"]],
  ])("%s, and starts a process for each connection", async (_how, command) => {
    const endpoint = await CommandEndpoint.start(0, command);

    const report = await run(endpoint, ["FR-1.*", "UT-1.16.1", "CT-11.2"]);
    await endpoint.close();
    expect(report.results.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      "FR-1.1 pass",
      "FR-1.2 pass",
      "CT-11.2 pass",
      "UT-1.16.1 pass",
    ]);
    const log = report.results[0]?.runs[0]?.log.map(({ text }) => text) ?? [];
    expect(log.at(-1)).toMatch(/^the client exited with 0$/);
  });

  it("fails what a command that cannot be started, or that ends at once, does not do", async () => {
    for (const [command, reason] of [
      [["/nowhere/client"], /could not be started/],
      [[process.execPath, "--eval", "console.error('no such flag'); process.exit(3)"], /exited with 3.*no such flag/],
    ] as const) {
      const endpoint = await CommandEndpoint.start(0, command);
      const { results } = await run(endpoint, ["FR-1.1"]);
      await endpoint.close();
      expect(results[0]?.verdict).toBe("fail");
      expect(results[0]?.reasons.join()).toMatch(reason);
    }
  });
});

describe("LoopEndpoint", () => {
  it("fails what the client does not come for", async () => {
    const endpoint = await LoopEndpoint.start(0);
    const running = run(endpoint, ["FR-1.*"]);
    expect(endpoint.count).toBe(2);
    endpoint.stop("its process exited with 0");
    const { totals, results } = await running;
    await endpoint.close();
    expect(totals).toMatchObject({ skipped: 0, fail: 2 });
    expect(results[0]?.reasons).toEqual(["the client did not come for this case: its process exited with 0"]);
  });

  it("fails what is left when the client stops half-way, and skips what needs a client that the suite starts", async () => {
    const endpoint = await LoopEndpoint.start(0);
    const running = run(endpoint, ["FR-1.*", "CH-26.*"]);
    await runEchoClient(`${endpoint.url}/runCase?case=1`, new Set());
    await runEchoClient(`${endpoint.url}/updateReports`, new Set());
    const { totals, results } = await running;
    await endpoint.close();
    expect(totals).toMatchObject({ pass: 1, fail: 1, skipped: 3 });
    expect(results.find(({ verdict }) => verdict === "fail")?.reasons).toEqual([
      "the client did not come for this case: it asked for /updateReports before",
    ]);
  });

  it("fails what a client that was started and stays silent does not come for", async () => {
    const endpoint = await LoopEndpoint.start(0, 50);
    endpoint.watch();
    const { results } = await run(endpoint, ["FR-1.1"]);
    await endpoint.close();
    expect(results[0]?.reasons).toEqual(["the client did not come for this case: it asked for nothing for 50 ms"]);
  });

  it("answers the control connection of a client whose subprotocol is no token, and chooses none", async () => {
    const endpoint = await LoopEndpoint.start(0);
    const running = run(endpoint, ["FR-1.1"]);
    const answer = await askForCount(endpoint.url);
    endpoint.stop();
    await running;
    await endpoint.close();
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).not.toMatch(/Sec-WebSocket-Protocol/i);
    expect(answer).toContain("\r\n\r\n\x81\x011");
  });
});

/** All that a client with an illegal offer is sent when it asks for the count. */
function askForCount(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.write(
      "GET /getCaseCount HTTP/1.1\r\nHost: localhost:1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Protocol: no token\r\n\r\n",
    );
    socket.end(Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 3, 232));
  });
}

describe("ServerEndpoint", () => {
  it("reaches a server over TLS, and resets the TCP connection below it", async () => {
    const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }], {
      algorithm: "sha256",
    });
    const https = createServer({ cert, key });
    const server = new WebSocketServer({ server: https });
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
    const { port } = https.address() as AddressInfo;
    const ids = ["FR-1.*", "FR-2.65536b", "FR-17.op3-1", "CT-5.1000", "LC-1.1", "LC-5.1"];
    const { totals } = await run(new ServerEndpoint(`wss://127.0.0.1:${port}/`), ids, "server");
    for (const client of server.clients) client.terminate();
    https.close();
    expect(totals).toMatchObject({ pass: 7, fail: 0 });
  });
});
