import { constants, createInflateRaw } from "node:zlib";
import { describe, expect, it } from "vitest";
import { makeCompressedBursts } from "../src/driver/deflate-exchange.ts";

/** The compressed payloads of a burst, unmasked: a reader of its own, so that the builder is not its own judge. */
function payloadsOf(burst: Buffer): Buffer[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at < burst.length; ) {
    expect(burst[at]).toBe(0xc1);
    const short = (burst[at + 1] as number) & 127;
    const head = short === 126 ? 4 : 2;
    const length = short === 126 ? burst.readUInt16BE(at + 2) : short;
    const key = burst.subarray(at + head, at + head + 4);
    const payload = Buffer.from(burst.subarray(at + head + 4, at + head + 4 + length));
    for (const index of payload.keys()) payload[index] = (payload[index] as number) ^ (key[index & 3] as number);
    payloads.push(payload);
    at += head + 4 + length;
  }
  return payloads;
}

async function inflateAll(payloads: readonly Buffer[]): Promise<string> {
  const inflater = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  const parts: Buffer[] = [];
  inflater.on("data", (part: Buffer) => parts.push(part));
  for (const payload of payloads) inflater.write(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]));
  await new Promise<void>((resolve) => inflater.flush(constants.Z_SYNC_FLUSH, resolve));
  inflater.close();
  return Buffer.concat(parts).toString();
}

describe("compressed bursts", () => {
  it("are one valid stream with context takeover, turn after turn", async () => {
    const { first, later, payloads } = makeCompressedBursts(16, 1024, true);
    const turns = [...first, ...later, ...later].flatMap(payloadsOf);
    const expected = Buffer.concat([...payloads, ...payloads, ...payloads].flat()).toString();
    expect(await inflateAll(turns)).toBe(expected);
  });

  it("stand alone without it, and are larger", async () => {
    const alone = makeCompressedBursts(16, 1024, false);
    const messages = payloadsOf(alone.later[2] as Buffer);
    expect(await inflateAll([messages[5] as Buffer])).toBe(
      Buffer.from(alone.payloads[2]?.[5] as Uint8Array).toString(),
    );
    const kept = makeCompressedBursts(16, 1024, true);
    expect(Buffer.concat(kept.later).length).toBeLessThan(Buffer.concat(alone.later).length);
  });
});
