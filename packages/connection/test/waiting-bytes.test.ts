import { describe, expect, it } from "vitest";
import { WaitingBytes } from "../src/sending/waiting-bytes.ts";

/** TypeScript's libraries know resizable memory from ES2024 on. */
const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;

describe("WaitingBytes", () => {
  it("knows detached memory also in compiled code that has seen resizable memory", () => {
    const fixed = new Uint8Array(100);
    const resizable = new Uint8Array(new Resizable(100, { maxByteLength: 200 }));
    const holds = (piece: Uint8Array): WaitingBytes => {
      const waiting = new WaitingBytes();
      waiting.push(piece);
      waiting.push(piece);
      return waiting;
    };
    const given = new Uint8Array(new ArrayBuffer(100));
    const [first, second] = [holds(given), holds(fixed)];
    second.push(given);
    structuredClone(given.buffer, { transfer: [given.buffer] });
    const batch = new Uint8Array(1000);
    for (let i = 0; i < 100_000; i++) {
      const waiting = holds(i % 2 === 0 ? fixed : resizable);
      if (waiting.torn || waiting.moveInto(batch) !== 200) throw new Error("torn");
    }
    expect(first.torn).toBe(true);
    expect(second.moveInto(batch)).toBe(200);
    expect(second.torn).toBe(true);
  });
});
