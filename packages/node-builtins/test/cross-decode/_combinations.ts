/**
 * What the cross-decode check goes through: each runtime's engines x window x takeover x kind of data, and for each a
 * file of messages of all sizes, each as its compressed length in 4 bytes and the compressed bytes.
 */
export const KINDS = ["random", "compressible"] as const;

/** The engines of each runtime, by name: who reads a runtime's files has to know them without having that runtime's engines. */
export const ENGINE_NAMES = {
  node: ["zlib", "pako"],
  bun: ["zlib", "pako"],
  deno: ["zlib", "pako"],
  workerd: ["pako"],
} as const;

export type Runtime = keyof typeof ENGINE_NAMES;

export interface Combination {
  readonly runtime: Runtime;
  readonly engine: string;
  readonly windowBits: number;
  readonly takeover: boolean;
  readonly kind: (typeof KINDS)[number];
  readonly sizes: readonly number[];
}

const SIZES = [0, 1, 5, 125, 1000, 1000, 65_535, 65_536, 300_000, 7, 0, 1000];
const LARGEST = 4 * 1024 * 1024;

/** All that these runtimes compress. */
export function* combinations(runtimes: readonly Runtime[]): Generator<Combination> {
  for (const [runtime, engine] of runtimes.flatMap((one) => ENGINE_NAMES[one].map((name) => [one, name] as const))) {
    for (let windowBits = 9; windowBits <= 15; windowBits += 1) {
      for (const takeover of [true, false]) {
        for (const kind of KINDS) {
          // Random data is stored, whatever the window: the ends of the range stand for the middle.
          const largest = kind === "compressible" || windowBits === 9 || windowBits === 15;
          yield { runtime, engine, windowBits, takeover, kind, sizes: largest ? [...SIZES, LARGEST, 1000] : SIZES };
        }
      }
    }
  }
}

export function fileName({ runtime, engine, windowBits, takeover, kind }: Combination): string {
  return `${runtime}-${engine}-${windowBits}-${takeover ? "takeover" : "forgets"}-${kind}.bin`;
}
