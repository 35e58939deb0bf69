/**
 * One runtime's side of the cross-decode check: `encode DIR RUNTIME` writes a file for each combination, `decode DIR` reads
 * the files of all runtimes with both engines and a window of exactly the size agreed. The last line is the totals.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { perMessageDeflateClient } from "@samewire/codec";
import { ENGINES } from "../_deflate-engines.ts";
import { decodeAll, encodeAll, joined, payload, same, serverSide } from "../_deflate-material.ts";
import { type Combination, combinations, fileName } from "./_combinations.ts";

type Params = (readonly [string, string | true])[];

function paramsOf({ windowBits, takeover }: Combination): Params {
  const bits = ["server_max_window_bits", String(windowBits)] as const;
  return takeover ? [bits] : [["server_no_context_takeover", true], bits];
}

function encode(folder: string, runtime: string): number {
  let count = 0;
  for (const combination of combinations(ENGINES.map(({ name }) => name))) {
    const engine = ENGINES.find(({ name }) => name === combination.engine)?.engine as (typeof ENGINES)[0]["engine"];
    // Levels 1 to 7, one with each window.
    const level = combination.windowBits - 8;
    const extension = serverSide(engine, paramsOf(combination), { serverMaxWindowBits: 15, level });
    const parts: Uint8Array[] = [];
    for (const size of combination.sizes) {
      const compressed = encodeAll(extension, payload(combination.kind, size));
      parts.push(new Uint8Array(Uint32Array.of(compressed.length).buffer), compressed);
      count += 1;
    }
    extension.release();
    writeFileSync(join(folder, fileName(runtime, combination)), joined(parts));
  }
  return count;
}

function decode(folder: string, runtimes: readonly string[]): { passed: number; failed: number } {
  let passed = 0;
  let failed = 0;
  for (const combination of combinations(ENGINES.map(({ name }) => name))) {
    const messages = combination.sizes.map((size) => payload(combination.kind, size));
    for (const runtime of runtimes) {
      const name = fileName(runtime, combination);
      const file = readFileSync(join(folder, name));
      for (const reader of ENGINES) {
        const extension = perMessageDeflateClient(() => reader.engine, { maxRatio: 0 }).confirm({
          name: "permessage-deflate",
          params: paramsOf(combination),
        });
        if ("reason" in extension) throw new Error(extension.reason);
        let at = 0;
        for (const message of messages) {
          const length = file.readUInt32LE(at);
          const compressed = new Uint8Array(file.buffer, file.byteOffset + at + 4, length);
          at += 4 + length;
          // An inflater sees past its window within the output of one call: little at a time makes it strict.
          const max = message.length <= 65_536 ? 256 : 262_144;
          let problem = "other bytes";
          try {
            if (same(decodeAll(extension, compressed, { max }), message)) problem = "";
          } catch (error) {
            problem = String(error);
          }
          if (problem === "") passed += 1;
          else {
            failed += 1;
            console.log(`${name}, ${message.length} bytes, read by ${reader.name}: ${problem}`);
          }
        }
        extension.release();
      }
    }
  }
  return { passed, failed };
}

const [command, folder = "", ...runtimes] = process.argv.slice(2);
if (command === "encode") {
  console.log(`${encode(folder, runtimes[0] ?? "")} written`);
} else {
  const { passed, failed } = decode(folder, runtimes);
  console.log(`${passed} passed, ${failed} failed`);
}
