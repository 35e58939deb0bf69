import { afterEach, describe, expect, it, vi } from "vitest";

/** The engine of a process whose `node:zlib` makes such streams. */
async function engineOver(zlib: { createDeflateRaw(): unknown; createInflateRaw(): unknown }) {
  vi.resetModules();
  vi.doMock("node:zlib", () => zlib);
  const { zlibEngine } = await import("../src/zlib-engine.ts");
  return zlibEngine;
}

afterEach(() => {
  vi.doUnmock("node:zlib");
  vi.resetModules();
});

describe("zlibEngine", () => {
  const idle = () => ({ _handle: { writeSync() {}, reset() {}, close() {} }, _writeState: new Uint32Array(2) });
  const other = () => ({});
  const failing = () => {
    throw new Error("no such stream");
  };

  it.each([
    ["does nothing", idle],
    ["has no such inside", other],
    ["fails", failing],
  ])("is pako, once and for all, where the runtime's zlib %s", async (_what, stream) => {
    const zlibEngine = await engineOver({ createDeflateRaw: stream, createInflateRaw: stream });
    const engine = zlibEngine();
    expect(engine.name).toBe("pako");
    expect(zlibEngine()).toBe(engine);
    const deflater = engine.createDeflater({ windowBits: 13, level: 1, memLevel: 6 });
    const inflater = engine.createInflater({ windowBits: 13 });
    const message = new TextEncoder().encode("Hello, hello, hello");
    const compressed = deflater.deflate(message, true).slice();
    expect(inflater.inflate(compressed, true, 100)).toEqual(message);
    deflater.release();
    inflater.release();
  });
});
