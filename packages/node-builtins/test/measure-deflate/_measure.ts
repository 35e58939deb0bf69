/**
 * What compression costs on this runtime, as rows of the tables in docs/compression.md: `cpu`, or, which want a process
 * of their own, `slices ENGINE LEVEL random|compressible|zeros` and
 * `memory ENGINE deflater|inflater LEVEL WINDOWBITS MEMLEVEL`.
 */
import type { DeflateEngine, DeflaterOptions } from "@samewire/codec";
import { ENGINES } from "../_deflate-engines.ts";
import { encodeAll, payload, serverSide } from "../_deflate-material.ts";

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** JSON as applications send it, 1 KiB, no two alike. */
function message(number: number): Uint8Array {
  let state = number + 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const fruit = ["apple", "orange", "banana", "grape", "melon", "cherry"];
  const items = Array.from({ length: 9 }, () => ({
    id: next(1_000_000_000),
    sku: `SKU-${next(1_000_000)}`,
    price: next(10_000) / 100,
    quantity: next(10),
    name: `${fruit[next(fruit.length)]} ${next(1000)}`,
    inStock: next(2) === 0,
  }));
  const order = { type: "order.updated", at: 1_760_000_000_000 + next(1_000_000), user: `user${next(100_000)}`, items };
  return encoder.encode(JSON.stringify(order).padEnd(1024).slice(0, 1024));
}

/** CPU time of the process, in microseconds: unlike the wall clock it does not count what else the machine does. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function cpuRows(): string[] {
  const messages = Array.from({ length: 512 }, (_, number) => message(number));
  return ENGINES.flatMap(({ name, engine }) =>
    [true, false].flatMap((takeover) =>
      [1, 2, 3, 6, 9].map((level) => {
        const params = takeover
          ? []
          : ([
              ["server_no_context_takeover", true],
              ["client_no_context_takeover", true],
            ] as const);
        const sender = serverSide(engine, params, { level });
        const receiver = serverSide(engine, params);
        let encoded = Infinity;
        let decoded = Infinity;
        let bytes = 0;
        for (let round = 0; round < 12; round += 1) {
          let began = cpu();
          const compressed = messages.map((one) => sender.encode(one, true).slice());
          encoded = Math.min(encoded, cpu() - began);
          began = cpu();
          for (const one of compressed) receiver.decode(one, true, 65_536);
          decoded = Math.min(decoded, cpu() - began);
          bytes = compressed.reduce((sum, one) => sum + one.length, 0);
        }
        sender.release();
        receiver.release();
        const each = (sum: number): string => (sum / messages.length).toFixed(1);
        return `| ${name} | ${takeover ? "kept" : "none"} | ${level} | ${each(encoded)} | ${each(decoded)} | ${(bytes / messages.length).toFixed(0)} |`;
      }),
    ),
  );
}

/** What the event loop was held for, in microseconds: no longer than by the wall, nor than the process was at work. */
function stopwatch(): () => number {
  const busy = cpu();
  const began = performance.now();
  return () => Math.min((performance.now() - began) * 1000, cpu() - busy);
}

/** Half of the calls took at most the first figure, all but one in a hundred the second, all the third. */
function spread(times: number[]): string {
  times.sort((one, other) => one - other);
  const at = (part: number): string => ((times[Math.floor((times.length - 1) * part)] as number) / 1000).toFixed(2);
  return `${at(0.5)} / ${at(0.99)} / ${at(1)}`;
}

/** Of a fresh process, whose code is not compiled yet when it begins; `zlib` makes what is inflated. */
function sliceRow(
  { name, engine }: (typeof ENGINES)[number],
  level: number,
  kind: "random" | "compressible" | "zeros",
): string {
  const size = 8 * 1024 * 1024;
  const whole = payload(kind, size);
  const senderOf = (by: DeflateEngine, level: number) =>
    serverSide(by, [["server_max_window_bits", "15"]], { serverMaxWindowBits: 15, level });
  const receiver = serverSide(engine, [], { maxRatio: 0 });
  const { decodeSlice: slice } = engine;
  const all = encodeAll(senderOf(ENGINES.find((one) => one.name === "zlib")?.engine ?? engine, 6), whole);
  const decoding: number[] = [];
  let spent = 0;
  let turn = 0;
  for (let at = 0; at < all.length; ) {
    let piece: Uint8Array = all.subarray(at, at + slice);
    at += slice;
    do {
      const elapsed = stopwatch();
      const output = receiver.decode(piece, at >= all.length, 2 * slice);
      turn += elapsed();
      if (output instanceof Error) throw output;
      spent += (piece.length + output.length + receiver.overhead) / slice;
      if (spent >= 8) {
        decoding.push(turn);
        spent = 0;
        turn = 0;
      }
      piece = NOTHING;
    } while (receiver.pending);
  }
  const sender = senderOf(engine, level);
  const encoding: number[] = [];
  for (let at = 0; at < size; ) {
    const { encodeSlice } = sender;
    const elapsed = stopwatch();
    sender.encode(whole.subarray(at, at + encodeSlice), at + encodeSlice >= size);
    encoding.push(elapsed());
    at += encodeSlice;
  }
  sender.release();
  receiver.release();
  return `| ${name} | ${level} | ${kind} | ${spread(encoding)} | ${spread(decoding)} |`;
}

async function memoryRow(engine: DeflateEngine, what: string, options: DeflaterOptions): Promise<string> {
  const count = 2000;
  const { level, windowBits, memLevel } = options;
  const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => {});
  // What fills the windows, so that every page that a busy context has is there.
  const filling = payload("compressible", 80_000);
  const deflater = engine.createDeflater({ ...options, windowBits: 15 });
  const compressed = deflater.deflate(filling, true).slice();
  const use = (): { release(): void } => {
    if (what === "deflater") {
      const context = engine.createDeflater(options);
      context.deflate(filling, true);
      return context;
    }
    const context = engine.createInflater({ windowBits: 15 });
    for (let piece = compressed; ; piece = NOTHING) {
      context.inflate(piece, true, 32_768);
      if (!context.pending) return context;
    }
  };
  const warm = use();
  collect();
  const before = process.memoryUsage.rss();
  const contexts = Array.from({ length: count }, use);
  collect();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const each = (process.memoryUsage.rss() - before) / count / 1024;
  for (const context of [...contexts, warm, deflater]) context.release();
  const charged = what === "deflater" ? engine.deflaterMemory(options) : engine.inflaterMemory({ windowBits: 15 });
  const title =
    what === "deflater"
      ? `compressor, level ${level}, window ${windowBits}, memLevel ${memLevel}`
      : "inflater, window 15";
  return `| ${engine.name} | ${title} | ${each.toFixed(0)} | ${(charged / 1024).toFixed(0)} |`;
}

const [command, engineName, ...rest] = process.argv.slice(2);
const chosen = ENGINES.find(({ name }) => name === engineName);
if (command === "cpu") console.log(cpuRows().join("\n"));
else if (chosen === undefined) throw new Error(`no engine named ${engineName}`);
else if (command === "slices") {
  const [level, kind] = rest;
  console.log(sliceRow(chosen, Number(level), kind as "random" | "compressible" | "zeros"));
} else {
  const [what = "", level, windowBits, memLevel] = rest;
  const options = { level: Number(level), windowBits: Number(windowBits), memLevel: Number(memLevel) };
  console.log(await memoryRow(chosen.engine, what, options));
}
