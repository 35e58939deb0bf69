/** The codec itself: whole chunks in, whole bursts out, and the opening handshake. */
import {
  acceptKey,
  encodeAccept,
  examineRequest,
  OutputBuffer,
  Protocol,
  type ProtocolHandler,
  requestHeadParser,
} from "@samewire/codec";
import { frame, join, maskingKey } from "../driver/frames.ts";
import { payload } from "../driver/payloads.ts";
import { bench } from "./harness.ts";

const LARGE = 16_777_216;

interface Load {
  readonly size: number;
  readonly depth: number;
  readonly kind: "binary" | "ascii" | "mixed";
}

const LOADS: readonly Load[] = [
  { size: 125, depth: 1, kind: "binary" },
  { size: 125, depth: 16, kind: "binary" },
  { size: 125, depth: 16, kind: "ascii" },
  { size: 300, depth: 4, kind: "ascii" },
  { size: 300, depth: 4, kind: "mixed" },
  { size: 16_384, depth: 1, kind: "binary" },
  { size: 16_384, depth: 1, kind: "ascii" },
  { size: 65_536, depth: 1, kind: "binary" },
];

const ignore = (): void => {};

function handlerOf(onMessage: (message: string | Uint8Array) => void): ProtocolHandler {
  return {
    onMessage,
    onStreamStart: ignore,
    onStreamChunk: ignore,
    onStreamEnd: ignore,
    onPing: ignore,
    onPong: ignore,
    onCloseFrame: ignore,
    onFault: (error) => {
      throw error;
    },
  };
}

function burstOf({ size, depth, kind }: Load): Uint8Array {
  const frames = Array.from({ length: depth }, (_, index) =>
    frame(payload(kind, size, index), kind !== "binary", maskingKey(index)),
  );
  return new Uint8Array(join(frames));
}

/** One chunk that holds a whole burst; it is copied first, since the protocol may change what it is given. */
export async function receive(): Promise<void> {
  for (const load of LOADS) {
    let length = 0;
    const handler = handlerOf((message) => {
      length += message.length;
    });
    const protocol = new Protocol(
      { role: "server", outlet: new OutputBuffer(), limits: { maxMessageSize: LARGE } },
      handler,
    );
    const burst = burstOf(load);
    const group = `receive ${load.depth} x ${load.size} ${load.kind}`;
    protocol.receive(burst.slice());
    if (length < load.size * load.depth * 0.5) throw new Error("the burst was not received");
    await bench(group, "copy of the chunk alone", () => burst.slice());
    await bench(group, "copy + Protocol.receive", () => protocol.receive(burst.slice()));
  }
}

/** What one connection's reads bring, most of the time more or less than a message: 1 MiB of messages in lent chunks. */
export async function receiveCut(): Promise<void> {
  const burst = burstOf({ size: 65_536, depth: 16, kind: "binary" });
  const read = new Uint8Array(65_536);
  for (const step of [20_000, 50_000, 65_536]) {
    let received = 0;
    const protocol = new Protocol(
      { role: "server", outlet: new OutputBuffer() },
      handlerOf(() => {
        received += 1;
      }),
    );
    const pass = (): void => {
      for (let at = 0; at < burst.length; at += step) {
        const chunk = read.subarray(0, Math.min(step, burst.length - at));
        chunk.set(burst.subarray(at, at + chunk.length));
        protocol.receive(chunk, Infinity);
      }
    };
    pass();
    if (received !== 16) throw new Error("the messages were not received");
    await bench("receive 16 x 65536 binary", `in reads of ${step} bytes`, pass);
  }
}

/** A burst encoded into one buffer, as the connection's scratch takes it. */
export async function send(): Promise<void> {
  for (const load of LOADS) {
    const outlet = new OutputBuffer();
    const protocol = new Protocol({ role: "server", outlet }, handlerOf(ignore));
    const bytes = payload(load.kind, load.size, 1);
    const text = new TextDecoder().decode(bytes);
    await bench(`send ${load.depth} x ${load.size} ${load.kind}`, "Protocol.send", () => {
      outlet.length = 0;
      for (let index = 0; index < load.depth; index += 1) {
        if (load.kind === "binary") protocol.sendBinary(bytes);
        else protocol.sendText(text);
      }
      return outlet.length;
    });
  }
}

const REQUEST = new TextEncoder().encode(
  [
    "GET /feed?since=1 HTTP/1.1",
    "Host: example.com",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Accept-Language: en-GB,en;q=0.9",
    "Cache-Control: no-cache",
    "Pragma: no-cache",
    "Cookie: session=0123456789abcdef0123456789abcdef",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Origin: https://example.com",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    "\r\n",
  ].join("\r\n"),
);

export async function handshake(): Promise<void> {
  await bench("handshake", "accept key", () => acceptKey("dGhlIHNhbXBsZSBub25jZQ=="));
  await bench("handshake", "parse a browser's request", () => requestHeadParser().receive(REQUEST));
  await bench("handshake", "parse, examine, encode the answer", () => {
    const outcome = requestHeadParser().receive(REQUEST);
    if (outcome === undefined || !("head" in outcome)) throw new Error("the head is not complete");
    const verdict = examineRequest(outcome.head);
    if (verdict.kind !== "upgrade") throw new Error(verdict.kind);
    return encodeAccept(verdict.request);
  });
}
