/** Masking and copying: the kernels of `kernels.ts` against each other. */
import { Buffer } from "node:buffer";
import { bench, SIZES } from "./harness.ts";
import * as kernels from "./kernels.ts";

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

export async function unmask(): Promise<void> {
  for (const size of [...SIZES, 65_536]) {
    for (const offset of [2, 6, 8]) {
      if (offset !== 6 && size !== 125 && size !== 16_384) continue;
      const bytes = new Uint8Array((size + 19) & ~3).fill(0x61);
      const view = new DataView(bytes.buffer);
      const words = new Uint32Array(bytes.buffer);
      const group = `unmask ${size}@${offset}`;
      await bench(group, "byte", () => kernels.unmaskByte(bytes, offset, size, KEY));
      await bench(group, "byte x4", () => kernels.unmaskByteUnrolled(bytes, offset, size, KEY));
      await bench(group, "u32 aligned, cached view", () => kernels.unmaskWords(bytes, words, 0, offset, size, KEY));
      await bench(group, "u32 aligned, fresh view", () => kernels.unmaskWordsFreshView(bytes, offset, size, KEY));
      await bench(group, "i32 aligned x8, fresh view", () => kernels.unmaskSignedWords(bytes, offset, size, KEY));
      await bench(group, "DataView", () => kernels.unmaskDataView(view, bytes, offset, size, KEY));
      await bench(group, "DataView x4", () => kernels.unmaskDataViewUnrolled(view, bytes, offset, size, KEY));
      await bench(group, "DataView x4, fresh view", () =>
        kernels.unmaskDataViewUnrolled(new DataView(bytes.buffer), bytes, offset, size, KEY),
      );
      await bench(group, "u64 aligned, fresh view", () => kernels.unmaskBigWords(bytes, offset, size, KEY));
    }
  }
}

export async function copyMask(): Promise<void> {
  for (const size of [...SIZES, 65_536]) {
    const from = new Uint8Array(size + 16).fill(0x61);
    const into = new Uint8Array(size + 16);
    const buffer = Buffer.from(from.buffer);
    const group = `copy+mask ${size}`;
    await bench(group, "byte x4", () => kernels.copyMaskByte(from, 6, size, into, 4, KEY));
    await bench(group, "set, then i32", () => kernels.copyThenMask(from, 6, size, into, 4, KEY));
    await bench(group, "DataView x4", () => kernels.copyMaskDataView(from, 6, size, into, 4, KEY));
    await bench(group, "i32 same alignment", () => kernels.copyMaskWords(from, 8, size, into, 4, KEY));
    await bench(`copy ${size}`, "set(subarray)", () => into.set(from.subarray(6, 6 + size), 4));
    await bench(`copy ${size}`, "copyWithin", () => from.copyWithin(0, 6, 6 + size));
    await bench(`copy ${size}`, "Buffer.copy", () => buffer.copy(into, 4, 6, 6 + size));
    await bench(`copy ${size}`, "slice (new array)", () => from.slice(6, 6 + size));
    await bench(`copy ${size}`, "byte loop", () => {
      for (let index = 0; index < size; index += 1) into[4 + index] = from[6 + index];
    });
  }
}
