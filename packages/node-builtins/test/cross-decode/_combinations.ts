/**
 * What the cross-decode check goes through: each runtime's compressors x window x takeover x kind of data, and for each a
 * file of messages of all sizes, each as its compressed length in 4 bytes and the compressed bytes.
 */
export const KINDS = ["random", "compressible"] as const;

/** Our compressor, which is level 1 of every engine, and the same on every runtime. */
export const FAST = "fast";

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
  /** The name of an engine, or {@link FAST}. */
  readonly compressor: string;
  /** Levels 2 to 8, one with each window; 1 is {@link FAST}. */
  readonly level: number;
  readonly windowBits: number;
  readonly takeover: boolean;
  readonly kind: (typeof KINDS)[number];
  readonly sizes: readonly number[];
}

const SIZES = [0, 1, 5, 125, 1000, 1000, 65_535, 65_536, 300_000, 7, 0, 1000];
const LARGEST = 4 * 1024 * 1024;

/** All that these runtimes compress, but what is the same from all of them is from the first alone. */
export function* combinations(runtimes: readonly Runtime[]): Generator<Combination> {
  const compressors = runtimes.flatMap((runtime, index) => {
    const names: readonly string[] = ENGINE_NAMES[runtime];
    return (index === 0 ? [FAST, ...names] : names).map((name) => [runtime, name] as const);
  });
  for (const [runtime, compressor] of compressors) {
    for (let windowBits = 9; windowBits <= 15; windowBits += 1) {
      for (const takeover of [true, false]) {
        for (const kind of KINDS) {
          // Random data is stored, whatever the window: the ends of the range stand for the middle.
          const largest = kind === "compressible" || windowBits === 9 || windowBits === 15;
          const sizes = largest ? [...SIZES, LARGEST, 1000] : SIZES;
          const level = compressor === FAST ? 1 : windowBits - 7;
          yield { runtime, compressor, level, windowBits, takeover, kind, sizes };
        }
      }
    }
  }
}

export function fileName({ runtime, compressor, windowBits, takeover, kind }: Combination): string {
  return `${runtime}-${compressor}-${windowBits}-${takeover ? "takeover" : "forgets"}-${kind}.bin`;
}
