/** Replays bytes into a Protocol whole, byte by byte and in random splits: the events must be the same each time. */
import { expect } from "vitest";
import { type MessageExtension, OutputBuffer, Protocol, type ProtocolHandler } from "../src/index.ts";

export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, "");
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** A small generator with a seed (mulberry32), so that a failing split can be run again. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Cuts bytes at random places; each piece is a view at an odd offset of a larger buffer. */
export function split(bytes: Uint8Array, seed: number): Uint8Array[] {
  const next = random(seed);
  const pieces: Uint8Array[] = [];
  const largest = 1 + Math.floor(next() * Math.min(bytes.length, 4096));
  for (let at = 0; at < bytes.length; ) {
    const length = Math.min(bytes.length - at, 1 + Math.floor(next() * largest));
    const room = new Uint8Array(length + 8).fill(0xee);
    const offset = Math.floor(next() * 8);
    room.set(bytes.subarray(at, at + length), offset);
    pieces.push(room.subarray(offset, offset + length));
    at += length;
  }
  return pieces;
}

export interface Session {
  readonly protocol: Protocol;
  readonly handler: ProtocolHandler;
  readonly output: OutputBuffer;
  /** One line an event. */
  readonly events: string[];
  /** What was delivered, to see that it never changes afterwards. */
  readonly messages: (string | Uint8Array)[];
}

function describeMessage(message: string | Uint8Array): string {
  if (typeof message === "string") {
    return message.length > 40 ? `message ${message.length} characters` : `message ${JSON.stringify(message)}`;
  }
  const shown = toHex(message.subarray(0, 16));
  return message.length > 16 ? `message ${message.length} bytes ${shown}…` : `message ${shown}`;
}

export interface SessionOptions {
  readonly streaming?: boolean;
  readonly extension?: MessageExtension;
  readonly maxMessageSize?: number;
  readonly maxStreamSize?: number;
}

export function session(role: "server" | "client", options: SessionOptions = {}): Session {
  const output = new OutputBuffer();
  const events: string[] = [];
  const messages: (string | Uint8Array)[] = [];
  const handler: ProtocolHandler = {
    onMessage: (message) => {
      messages.push(message);
      events.push(describeMessage(message));
    },
    onStreamStart: (text) => events.push(`stream ${text ? "text" : "binary"}`),
    onStreamChunk: (chunk) => {
      const last = events.at(-1) as string;
      if (last.startsWith("chunks ")) events[events.length - 1] = last + toHex(chunk);
      else events.push(`chunks ${toHex(chunk)}`);
    },
    onStreamEnd: () => events.push("stream end"),
    onPing: (payload) => events.push(`ping ${toHex(payload)}`),
    onPong: (payload) => events.push(`pong ${toHex(payload)}`),
    onCloseFrame: ({ code, reason }) => events.push(`close ${code} ${JSON.stringify(reason)}`),
    onFault: (error) => events.push(`fault ${error.code} ${error.closeCode}`),
  };
  const { streaming = false, extension, ...limits } = options;
  const protocol = new Protocol(
    { role, outlet: output, nextMaskKey: role === "client" ? () => 0x3d21fa37 : undefined, limits, extension },
    handler,
  );
  protocol.streaming = streaming;
  return { protocol, handler, output, events, messages };
}

/** @param lent whether the memory of each piece is used again after the call, as an adapter's read buffer is */
export function feed({ protocol }: Session, pieces: readonly Uint8Array[], lent = false): void {
  for (const piece of pieces) {
    // A copy that is a view at the same odd place: the protocol owns what it is given, the vector is used again.
    const room = new Uint8Array(piece.length + 8);
    const offset = piece.byteOffset & 7;
    room.set(piece, offset);
    const chunk = room.subarray(offset, offset + piece.length);
    if (lent) protocol.receive(chunk, Infinity);
    else protocol.receive(chunk);
    if (lent) room.fill(0xee);
    for (let turns = 0; protocol.suspended; turns++) {
      if (turns > 100_000) throw new Error("suspended without end");
      protocol.resume();
    }
  }
}

/** Feeds `bytes` in every way and compares events, and output where it is given. */
export function replay(
  role: "server" | "client",
  bytes: Uint8Array,
  events: readonly string[],
  output?: Uint8Array,
  options: SessionOptions = {},
): void {
  const ways: [string, Uint8Array[]][] = [["whole", [bytes]]];
  if (bytes.length <= 4096) ways.push(["byte by byte", Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))]);
  for (let seed = 1; seed <= 8; seed++) ways.push([`split ${seed}`, split(bytes, seed)]);
  for (const [way, pieces] of ways) {
    for (const lent of [false, true]) {
      const run = session(role, options);
      feed(run, pieces, lent);
      expect(run.events, way).toEqual(events);
      const delivered = run.events.filter((event) => event.startsWith("message "));
      expect(run.messages.map(describeMessage), `${way}, afterwards`).toEqual(delivered);
      if (output !== undefined) expect(toHex(run.output.take()), way).toBe(toHex(output));
    }
  }
}
