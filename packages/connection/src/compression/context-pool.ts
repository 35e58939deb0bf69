/**
 * A DEFLATE engine that lends its contexts. Without context takeover a context is wanted for the length of one message;
 * since almost all messages begin and end in one turn, a few contexts then serve any number of connections.
 */
import type { DeflateEngine, Deflater, DeflaterOptions, Inflater, InflaterOptions } from "@samewire/codec";

/** Free contexts that are kept, for each set of options. */
const KEPT = 4;

/** `engine`, with contexts that were released reused by the next that asks for the same options. */
export function poolContexts(engine: DeflateEngine): DeflateEngine {
  const deflaters = new Map<number, Deflater[]>();
  const inflaters = new Map<number, Inflater[]>();
  return {
    name: engine.name,
    decodeSlice: engine.decodeSlice,
    encodeSlice: (options) => engine.encodeSlice(options),
    deflaterMemory: (options) => engine.deflaterMemory(options),
    inflaterMemory: (options) => engine.inflaterMemory(options),
    createDeflater(options: DeflaterOptions): Deflater {
      const free = freeOf(deflaters, (options.windowBits << 8) | (options.level << 4) | options.memLevel);
      return new LentDeflater(free.pop() ?? engine.createDeflater(options), free);
    },
    createInflater(options: InflaterOptions): Inflater {
      const free = freeOf(inflaters, options.windowBits);
      return new LentInflater(free.pop() ?? engine.createInflater(options), free);
    },
  };
}

function freeOf<T>(map: Map<number, T[]>, key: number): T[] {
  let free = map.get(key);
  if (free === undefined) {
    free = [];
    map.set(key, free);
  }
  return free;
}

/** One loan: it ends with `release`, after which the context may be another's. */
class Loan<T extends Deflater | Inflater> {
  #context: T | undefined;
  readonly #free: T[];

  constructor(context: T, free: T[]) {
    this.#context = context;
    this.#free = free;
  }

  protected get context(): T {
    if (this.#context === undefined) throw new Error("the context was released");
    return this.#context;
  }

  reset(): void {
    this.context.reset();
  }

  release(): void {
    const context = this.#context;
    if (context === undefined) return;
    this.#context = undefined;
    if (this.#free.length < KEPT) {
      context.reset();
      this.#free.push(context);
    } else {
      context.release();
    }
  }
}

class LentDeflater extends Loan<Deflater> implements Deflater {
  deflate(piece: Uint8Array, last: boolean, flush?: boolean): Uint8Array {
    return this.context.deflate(piece, last, flush);
  }
}

class LentInflater extends Loan<Inflater> implements Inflater {
  get pending(): boolean {
    return this.context.pending;
  }

  get ended(): boolean {
    return this.context.ended;
  }

  get overhead(): number {
    return this.context.overhead;
  }

  get history(): number {
    return this.context.history;
  }

  inflate(piece: Uint8Array, last: boolean, max: number): Uint8Array | undefined {
    return this.context.inflate(piece, last, max);
  }
}
