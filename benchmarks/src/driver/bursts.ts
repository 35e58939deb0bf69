import { frame, join, maskingKey } from "./frames.ts";
import { payload } from "./payloads.ts";

/** A prebuilt write and the octets that must come back for it. */
export interface Burst {
  readonly out: Buffer;
  readonly echo: Buffer;
  readonly payloads: readonly Uint8Array[];
}

/** Enough different bursts that no two in a row are equal, and few enough to stay in the cache. */
const VARIETY = 4;

export interface BurstOptions {
  readonly depth: number;
  readonly size: number;
  readonly payload: "binary" | "ascii" | "mixed" | "json";
  /** `client`: masked frames out, unmasked back; `server`: the other way round, of which `echo` is the unmasked form. */
  readonly role: "client" | "server";
  /** Bare TCP: what comes back is what was sent. */
  readonly raw: boolean;
}

export function makeBursts(options: BurstOptions): readonly Burst[] {
  const text = options.payload !== "binary";
  return Array.from({ length: VARIETY }, (_, variant) => {
    const payloads = Array.from({ length: options.depth }, (_, index) =>
      payload(options.payload, options.size, 1 + variant * options.depth + index),
    );
    const masked = join(
      payloads.map((bytes, index) => frame(bytes, text, maskingKey(variant * options.depth + index))),
    );
    const plain = join(payloads.map((bytes) => frame(bytes, text)));
    const out = options.role === "client" ? masked : plain;
    return { out, echo: options.raw ? out : plain, payloads };
  });
}
