import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { testCertificate } from "../../node-builtins/test/test-certificate.ts";
import { startWorkerd } from "./_workerd.ts";

const SIZES = [0, 1, 125, 126, 65_535, 65_536, 1 << 20, 16 << 20];
const tls = await testCertificate();

const server = await startWorkerd({ entry: "workers/design-example-worker.ts", hub: "Hub" });
const client = await startWorkerd({ entry: "workers/client-worker.ts", trust: tls.cert });
afterAll(() => Promise.all([server.stop(), client.stop()]));

const url = `ws://127.0.0.1:${server.ports.tcp}/`;
const headers = { authorization: "Bearer secret" };

/** An open connection of `ws` with what it received. */
async function open(options: WebSocket.ClientOptions = {}): Promise<WebSocket & { next(): Promise<string> }> {
  const socket = new WebSocket(url, ["chat.v1"], { headers, ...options });
  const waiting: ((text: string) => void)[] = [];
  const received: string[] = [];
  socket.on("message", (data) => {
    const take = waiting.shift();
    if (take === undefined) received.push(String(data));
    else take(String(data));
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const next = (): Promise<string> =>
    new Promise((resolve) => {
      const first = received.shift();
      if (first === undefined) waiting.push(resolve);
      else resolve(first);
    });
  return Object.assign(socket, { next });
}

const closed = (socket: WebSocket): Promise<[number, string]> =>
  new Promise((resolve) => socket.once("close", (code, reason) => resolve([code, String(reason)])));

async function ask(order: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${client.ports.http}/`, {
    method: "POST",
    body: JSON.stringify(order),
  });
  expect(response.status).toBe(200);
  return response.json();
}

it("runs the design's example as it is written, in its form for Workers", async () => {
  const socket = await open();
  expect(socket.protocol).toBe("chat.v1");
  expect(socket.extensions).toBe("permessage-deflate");
  socket.send("hello");
  expect(await socket.next()).toBe("hello");
  socket.send("who am I?");
  expect(await socket.next()).toBe("ada at 127.0.0.1");
  const end = closed(socket);
  socket.close(1000, "done");
  expect((await end)[0]).toBe(1000);
  expect(await (await fetch(url.replace("ws:", "http:"))).text()).toBe("ok");
});

it("knows no address of a peer on a Unix socket, as on every runtime", async () => {
  const socket = new WebSocket(`ws+unix:${server.path}:/`, ["chat.v1"], { headers });
  const answer = once(socket, "message");
  await once(socket, "open");
  socket.send("who am I?");
  expect(String((await answer)[0])).toBe("ada at undefined");
  const end = closed(socket);
  socket.close();
  await end;
});

it("refuses with 401 and a body", async () => {
  const socket = new WebSocket(url, { headers: { authorization: "Bearer guess" } });
  const response = await new Promise<[number | undefined, string | undefined, string]>((resolve) => {
    socket.on("unexpected-response", (_request, answer) => {
      let body = "";
      answer.on("data", (chunk) => {
        body += chunk;
      });
      answer.on("end", () => resolve([answer.statusCode, answer.headers["www-authenticate"], body]));
    });
  });
  expect(response).toEqual([401, "Bearer", "Who are you?\n"]);
});

it("reaches every connection from any other, and from outside", async () => {
  const first = await open();
  const second = await open();
  first.send("tell everybody");
  expect(await Promise.all([first.next(), second.next()])).toEqual(["2 are here", "2 are here"]);
  const http = `http://127.0.0.1:${server.ports.http}`;
  expect(await (await fetch(`${http}/count`)).json()).toBe(2);
  expect(await (await fetch(`${http}/publish`)).json()).toBe(2);
  expect(await Promise.all([first.next(), second.next()])).toEqual(["from outside", "from outside"]);
  first.terminate();
  second.terminate();
});

it("keeps its deadlines: a quiet connection is asked, a dead one is given up", async () => {
  const socket = await open();
  await new Promise((resolve) => socket.once("ping", resolve));
  socket.terminate();
});

it("carries a megabyte both ways while the peer is slow", async () => {
  const socket = await open({ perMessageDeflate: false });
  const message = "abcdefgh".repeat(125_000);
  socket.pause();
  socket.send(message);
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.resume();
  expect(await socket.next()).toBe(message);
  socket.terminate();
});

it("drains: 1001 for those who are there, 503 for who comes, the report for who asked", async () => {
  const drained = await startWorkerd({ entry: "workers/design-example-worker.ts", hub: "Hub" });
  try {
    const there = new WebSocket(`ws://127.0.0.1:${drained.ports.tcp}/`, { headers });
    await new Promise((resolve) => there.once("open", resolve));
    const end = closed(there);
    const report = await fetch(`http://127.0.0.1:${drained.ports.http}/drain`);
    expect(await report.json()).toEqual({ closed: 1, terminated: 0 });
    expect((await end)[0]).toBe(1001);
    // workerd lets go of a Durable Object that nobody has used for 10 s: the one that follows is drained, too.
    for (const idle of [0, 15_000]) {
      await new Promise((resolve) => setTimeout(resolve, idle));
      const late = new WebSocket(`ws://127.0.0.1:${drained.ports.tcp}/`, { headers });
      const status = await new Promise((resolve) => {
        late.once("unexpected-response", (_request, { statusCode }) => resolve(statusCode));
        late.once("open", () => resolve("open"));
      });
      expect(status).toBe(503);
      late.on("error", () => {}).terminate();
    }
  } finally {
    await drained.stop();
  }
}, 30_000);

it("connects to ws: every size, both kinds, and its close", async () => {
  const peers = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 32 << 20 });
  const seen = new Promise<[number, string]>((resolve) => {
    peers.on("connection", (socket) => {
      socket.on("message", (data, binary) => socket.send(data, { binary }));
      socket.on("close", (code, reason) => resolve([code, String(reason)]));
    });
  });
  await new Promise((resolve) => peers.once("listening", resolve));
  const { port } = peers.address() as AddressInfo;
  const options = { subprotocols: ["chat"] };
  expect(await ask({ url: `ws://127.0.0.1:${port}/`, sizes: SIZES, options })).toEqual({
    same: SIZES.length * 2,
    peer: { address: "127.0.0.1", port, secure: false },
    subprotocol: "chat",
    code: 4002,
    reason: "from workerd",
    clean: true,
  });
  expect(await seen).toEqual([4002, "from workerd"]);
  peers.close();
}, 60_000);

it("connects to its own kind, compressed", async () => {
  const options = { headers, compression: true };
  expect(await ask({ url, sizes: [0, 100, 70_000], options })).toMatchObject({ same: 6, code: 4002, clean: true });
});

it("gives up a peer that is silent", async () => {
  const silent = await open({ autoPong: false });
  const code = await new Promise((resolve) => silent.once("close", resolve));
  expect(code).toBe(1006);
}, 15_000);

it("no request's connection holds up another's, at the same time or after it has ended", async () => {
  const peers = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  peers.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
  await new Promise((resolve) => peers.once("listening", resolve));
  const echo = `ws://127.0.0.1:${(peers.address() as AddressInfo).port}/`;
  const order = { url: echo, sizes: [1, 100_000] };
  const answer = { same: 4, clean: true };
  // Its Pings are still to come when the request ends.
  expect(await ask({ url: echo, leave: true, options: { pingInterval: 500 } })).toEqual({ left: "left" });
  for (let round = 0; round < 2; round += 1) {
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(order)));
    expect(answers).toEqual(Array(5).fill(expect.objectContaining(answer)));
  }
  peers.close();
});

it("tells a refusal with its body", async () => {
  expect(await ask({ url })).toEqual({
    failed: expect.any(String),
    message: expect.stringContaining("401"),
    status: 401,
    body: "Who are you?\n",
  });
});

it("speaks TLS to whom the configuration trusts", async () => {
  const secure = createServer(tls);
  const peers = new WebSocketServer({ server: secure });
  peers.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
  await new Promise<void>((resolve) => {
    secure.listen(0, "127.0.0.1", resolve);
  });
  const { port } = secure.address() as AddressInfo;
  const answer = { same: 2, peer: { secure: true }, clean: true };
  expect(await ask({ url: `wss://localhost:${port}/`, sizes: [5] })).toMatchObject(answer);
  const options = { tls: { serverName: "localhost" } };
  expect(await ask({ url: `wss://127.0.0.1:${port}/`, sizes: [5], options })).toMatchObject(answer);
  const wrong = { tls: { serverName: "elsewhere.example" } };
  expect(await ask({ url: `wss://127.0.0.1:${port}/`, options: wrong })).toMatchObject({ failed: "dial" });
  peers.close();
  secure.close();
});

it("says why it could not connect", async () => {
  expect(await ask({ url: "ws://127.0.0.1:1/" })).toMatchObject({ failed: "dial" });
  // Also where TLS is begun over a socket of its own.
  const named = { url: "wss://127.0.0.1:1/", options: { tls: { serverName: "localhost" } } };
  expect(await ask(named)).toMatchObject({ failed: "dial" });
  expect(await ask({ url, abortAfter: 0 })).toMatchObject({ failed: "aborted" });
  expect(await ask({ url, options: { path: "/socket" } })).toMatchObject({ misuse: expect.stringContaining("Unix") });
  expect(await ask({ url: "wss://127.0.0.1/", options: { tls: { ca: "PEM" } } })).toMatchObject({
    misuse: expect.stringContaining("serverName"),
  });
});
