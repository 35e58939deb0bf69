import { createHash } from "node:crypto";

// A fixed nonce: the load does not need fresh ones, and one expected answer can be computed beforehand.
const KEY = Buffer.from("samewire-bench-0").toString("base64");
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export function acceptKey(key: string): string {
  return createHash("sha1")
    .update(key + GUID)
    .digest("base64");
}

export function openingRequest(port: number, deflateOffer?: string): string {
  return [
    "GET / HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${KEY}`,
    "Sec-WebSocket-Version: 13",
    ...(deflateOffer === undefined ? [] : [`Sec-WebSocket-Extensions: ${deflateOffer}`]),
    "\r\n",
  ].join("\r\n");
}

const EXPECTED = acceptKey(KEY);

export interface OpeningAnswer {
  readonly extensions: string;
  readonly rest: Buffer;
}

/** Undefined until the head is complete; throws when it is no acceptance (RFC 6455 4.1). */
export function readOpeningAnswer(received: Buffer): OpeningAnswer | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) {
    if (received.length > 16_384) throw new Error("the answer's head has no end");
    return undefined;
  }
  const lines = received.subarray(0, end).toString("latin1").split("\r\n");
  if (!lines[0]?.startsWith("HTTP/1.1 101")) throw new Error(`not accepted: ${lines[0]}`);
  const header = (name: string): string => {
    const line = lines.find((candidate) => candidate.toLowerCase().startsWith(`${name}:`));
    return line === undefined ? "" : line.slice(name.length + 1).trim();
  };
  if (header("sec-websocket-accept") !== EXPECTED) throw new Error("Sec-WebSocket-Accept is wrong");
  return { extensions: header("sec-websocket-extensions"), rest: received.subarray(end + 4) };
}

/** The client role: the answer to a subject's request head, or undefined until that is complete. */
export function answerOpeningRequest(received: Buffer): { readonly answer: string; readonly rest: Buffer } | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const key = /^sec-websocket-key:\s*(\S+)/im.exec(received.subarray(0, end).toString("latin1"))?.[1];
  if (key === undefined) throw new Error("the request has no Sec-WebSocket-Key");
  const answer = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`;
  return { answer, rest: received.subarray(end + 4) };
}
