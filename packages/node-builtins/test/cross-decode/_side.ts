/**
 * One runtime's side of the cross-decode check, whatever the runtime: `encode RUNTIME` writes a file for each combination,
 * `decode RUNTIME…` reads the files of these runtimes with each of its engines and a window of exactly the size agreed. The
 * last line is the totals.
 */
import { type DeflateEngine, perMessageDeflateClient } from "@samewire/codec";
import { decodeAll, encodeAll, joined, payload, same, serverSide } from "../_deflate-material.ts";
import { type Combination, combinations, ENGINE_NAMES, fileName, type Runtime } from "./_combinations.ts";

export interface Engine {
  readonly name: string;
  readonly engine: DeflateEngine;
}

/** How the runtime comes to the files, which lie side by side in one folder. What is read belongs to the caller; what is written is lent. */
export interface Files {
  read(name: string): Promise<Uint8Array>;
  write(name: string, bytes: Uint8Array): Promise<void>;
}

type Params = (readonly [string, string | true])[];

function paramsOf({ windowBits, takeover }: Combination): Params {
  const bits = ["server_max_window_bits", String(windowBits)] as const;
  return takeover ? [bits] : [["server_no_context_takeover", true], bits];
}

const payloads = new Map<string, Uint8Array>();

/** The messages of a file. Kept, since files of all engines, windows and runtimes hold the same: 10 MB in all. */
function messagesOf({ kind, sizes }: Combination): Uint8Array[] {
  return sizes.map((size) => {
    const key = `${kind} ${size}`;
    const message = payloads.get(key) ?? payload(kind, size);
    payloads.set(key, message);
    return message;
  });
}

function compressed(engine: DeflateEngine, combination: Combination): Uint8Array {
  const { level } = combination;
  const extension = serverSide(engine, paramsOf(combination), { serverMaxWindowBits: 15, level });
  const parts = messagesOf(combination).flatMap((message) => {
    const bytes = encodeAll(extension, message);
    return [new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes];
  });
  extension.release();
  return joined(parts);
}

async function encode(engines: readonly Engine[], files: Files, runtime: Runtime): Promise<string> {
  const names = engines.map(({ name }) => name).join();
  // An engine that is on one list only would be left out of the check without a word.
  if (names !== ENGINE_NAMES[runtime].join()) throw new Error(`the engines of ${runtime} are ${names}`);
  let count = 0;
  for (const combination of combinations([runtime])) {
    const { engine } = (engines.find(({ name }) => name === combination.compressor) ?? engines[0]) as Engine;
    await files.write(fileName(combination), compressed(engine, combination));
    count += combination.sizes.length;
  }
  return `${count} written`;
}

/** What is wrong with each message of a file as this engine reads it: nothing is `""`. */
function problemsOf({ engine }: Engine, file: Uint8Array, combination: Combination): string[] {
  const extension = perMessageDeflateClient(() => engine, { maxRatio: 0 }).confirm({
    name: "permessage-deflate",
    params: paramsOf(combination),
  });
  if ("reason" in extension) throw new Error(extension.reason);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  const problems = messagesOf(combination).map((message) => {
    const start = at + 4;
    at = start + view.getUint32(at, true);
    // An inflater sees past its window within the output of one call: little at a time makes it strict.
    const max = message.length <= 65_536 ? 256 : 262_144;
    try {
      return same(decodeAll(extension, file.subarray(start, at), { max }), message) ? "" : "other bytes";
    } catch (error) {
      return String(error);
    }
  });
  extension.release();
  return problems;
}

async function decode(engines: readonly Engine[], files: Files, runtimes: readonly Runtime[]): Promise<string> {
  let passed = 0;
  let failed = 0;
  for (const combination of combinations(runtimes)) {
    const name = fileName(combination);
    const file = await files.read(name);
    for (const reader of engines) {
      problemsOf(reader, file, combination).forEach((problem, index) => {
        if (problem === "") {
          passed += 1;
        } else {
          failed += 1;
          console.log(
            `${name}, message ${index} of ${combination.sizes[index]} bytes, read by ${reader.name}: ${problem}`,
          );
        }
      });
    }
  }
  return `${passed} passed, ${failed} failed`;
}

/** Does what the command line says: `encode RUNTIME` or `decode RUNTIME…`. */
export async function side(engines: readonly Engine[], files: Files, args: readonly string[]): Promise<void> {
  const [command, ...runtimes] = args as [string, ...Runtime[]];
  const [own] = runtimes as [Runtime];
  console.log(await (command === "encode" ? encode(engines, files, own) : decode(engines, files, runtimes)));
}
