/** What the suites of compression share: the messages, and connections' ends without connections. */
import type { DeflateEngine, DeflateOptions, ExtensionOffer, MessageExtension } from "@samewire/codec";
import { perMessageDeflateClient, perMessageDeflateServer } from "@samewire/codec";

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** Bytes that look the same on every runtime: `random` does not compress, `compressible` does, `zeros` as far as it goes. */
export function payload(kind: "random" | "compressible" | "zeros", size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  if (kind === "zeros") return bytes;
  let state = 0x9e3779b9 ^ size;
  for (let at = 0; at < size; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    // Words of a small alphabet, at distances up to and beyond every window.
    bytes[at] = kind === "random" ? state : 97 + ((((at >> 3) % 97) ^ (state & 0x301 ? 0 : state & 7)) % 26);
  }
  return bytes;
}

/** One end's extension, as a server agrees to it. */
export function serverSide(
  engine: DeflateEngine,
  params: ExtensionOffer["params"] = [],
  options: DeflateOptions = {},
): MessageExtension {
  const extension = perMessageDeflateServer(() => engine, { threshold: 0, ...options }).accept([
    { name: "permessage-deflate", params },
  ]);
  if ("reason" in extension) throw new Error(`declined: ${extension.reason}`);
  return extension;
}

/** Both ends of a connection, negotiated with each other. */
export function pair(
  server: DeflateEngine,
  client: DeflateEngine,
  serverOptions: DeflateOptions = {},
  clientOptions: DeflateOptions = {},
): { server: MessageExtension; client: MessageExtension } {
  const dialling = perMessageDeflateClient(() => client, { threshold: 0, ...clientOptions });
  const agreed = perMessageDeflateServer(() => server, { threshold: 0, ...serverOptions }).accept(dialling.offers);
  if ("reason" in agreed) throw new Error(`declined: ${agreed.reason}`);
  const confirmed = dialling.confirm(agreed.agreed);
  if ("reason" in confirmed) throw new Error(`not confirmed: ${confirmed.reason}`);
  return { server: agreed, client: confirmed };
}

/** A message through `encode`, in pieces of at most `size`. */
export function encodeAll(extension: MessageExtension, message: Uint8Array, size: number = 65_536): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  do {
    const piece = message.subarray(at, at + size);
    at += piece.length;
    pieces.push(extension.encode(piece, at >= message.length).slice());
  } while (at < message.length);
  return joined(pieces);
}

/** A message through `decode`, as the protocol does it; throws the fault. */
export function decodeAll(
  extension: MessageExtension,
  compressed: Uint8Array,
  { limit = Infinity, size = 65_536, max = 262_144 }: { limit?: number; size?: number; max?: number } = {},
): Uint8Array {
  const pieces: Uint8Array[] = [];
  let total = 0;
  let at = 0;
  do {
    let piece = compressed.subarray(at, at + size);
    at += piece.length;
    do {
      const output = extension.decode(piece, at >= compressed.length, max);
      if (output instanceof Error) throw output;
      total += output.length;
      if (total > limit) throw new Error(`over the limit: ${total}`);
      pieces.push(output.slice());
      piece = new Uint8Array(0);
    } while (extension.pending);
  } while (at < compressed.length);
  return joined(pieces);
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Equality without the difference in full, which for megabytes takes minutes to print. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
