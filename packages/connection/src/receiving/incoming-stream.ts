import { decodeText, encodeUtf8, UsageError } from "@samewire/codec";
import type { Message, OwnBytes } from "../message.ts";
import { ChunkQueue } from "./chunk-queue.ts";

/** What is received: a message, or one that is shown as a stream. */
export type Item = Message | IncomingStream;

/** What an item or a chunk costs beside its bytes: its place, its object. Millions of empty ones are not free. */
export const ITEM_COST = 64;

/** What a stream tells its connection. */
export interface StreamOwner {
  /** What {@link IncomingStream.push} has counted has left the stream, read or dropped. */
  onConsumed(size: number): void;
}

/** What a reader is told when its own application has closed: not a failure that anybody else need hear of. */
export class ClosedWithin extends Error {
  constructor() {
    super("the connection was closed within a message");
  }
}

type Waiter = { resolve(result: IteratorResult<OwnBytes>): void; reject(error: unknown): void };

/**
 * A message received as a stream of chunks, also within one frame, without being put together. What waits in it counts
 * towards the connection's receive water mark, so that a slow reader becomes TCP backpressure.
 */
export class IncomingStream implements AsyncIterable<OwnBytes> {
  /** What the peer declared the message to be. The bytes of a text are checked to be UTF-8 as they arrive. */
  readonly kind: "text" | "binary";
  readonly #owner: StreamOwner;
  readonly #limit: number;
  readonly #chunks = new ChunkQueue();
  /** Calls that wait for a chunk; more than one where the iterator is not used by a loop. */
  #waiters: Waiter[] = [];
  #ended = false;
  #error: Error | undefined;
  #cancelled = false;
  /** Something of it was dropped that its reader had not cancelled. */
  #dropped = false;
  #iterated = false;
  #onOver: (() => void) | undefined;

  /** @internal */
  constructor(kind: "text" | "binary", owner: StreamOwner, limit: number) {
    this.kind = kind;
    this.#owner = owner;
    this.#limit = limit;
  }

  /** True once the message's last byte has arrived, or it broke off. */
  get ended(): boolean {
    return this.#ended || this.#error !== undefined;
  }

  /** @internal What the reader is told where the message broke off. */
  get failure(): Error | undefined {
    return this.#error;
  }

  /** The chunks in order; each is yours. Breaking out of the loop drops the rest. @throws UsageError on a second use */
  [Symbol.asyncIterator](): AsyncIterator<OwnBytes, undefined> {
    if (this.#iterated) throw new UsageError("stream-used", "a received stream can be read once");
    this.#iterated = true;
    return {
      next: () => this.#next() as Promise<IteratorResult<OwnBytes, undefined>>,
      return: async () => {
        this.cancel();
        return { done: true, value: undefined };
      },
    };
  }

  /** The whole message as bytes. @throws RangeError if it is longer than `maxMessageSize`; the rest is dropped */
  async bytes(): Promise<OwnBytes> {
    const chunks: OwnBytes[] = [];
    let size = 0;
    for await (const chunk of this) {
      size += chunk.length;
      if (size > this.#limit) throw new RangeError(`the message is longer than maxMessageSize, ${this.#limit} bytes`);
      chunks.push(chunk);
    }
    const whole = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  /** @internal The whole message, for whoever has not asked for a stream. Its text is known to be UTF-8. */
  async message(): Promise<Message> {
    const bytes = await this.bytes();
    return this.kind === "text" ? (decodeText(bytes, 0, bytes.length) as string) : bytes;
  }

  /** @internal Calls `then` once, when its reader has seen its end, or it was dropped. */
  whenOver(then: () => void): void {
    this.#onOver = then;
  }

  /** @internal Whether somebody has begun to read. */
  get begun(): boolean {
    return this.#iterated;
  }

  /** @internal Drops it as `cancel` does, where its time is over. A reader that goes on all the same is told what is missing. */
  drop(): void {
    this.#dropped ||= !this.#cancelled && !(this.#ended && this.#chunks.empty);
    if (this.#dropped) for (const waiter of this.#takeWaiters()) waiter.reject(dropped());
    this.cancel();
  }

  /** Drops what has not been read, and what is still to come of this message. The next message is not touched. */
  cancel(): void {
    this.#cancelled = true;
    for (const chunk of this.#chunks.takeAll()) this.#owner.onConsumed(chunk.length + ITEM_COST);
    this.#tellDone();
    this.#over();
  }

  /** @internal Takes the next chunk; returns how much more waits for the reader. */
  push(chunk: OwnBytes): number {
    if (this.#cancelled || this.#error !== undefined) return 0;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value: chunk });
      return 0;
    }
    return chunk.length + (this.#chunks.push(chunk) ? ITEM_COST : 0);
  }

  /** @internal The message is complete. */
  end(): void {
    this.#ended = true;
    this.#tellDone();
  }

  /** @internal The rest of the message will not come. */
  fail(error: Error): void {
    if (this.ended) return;
    this.#error = error;
    for (const waiter of this.#takeWaiters()) waiter.reject(error);
  }

  #tellDone(): void {
    for (const waiter of this.#takeWaiters()) waiter.resolve({ done: true, value: undefined });
  }

  /** Those who wait for a chunk, to be told that there is none: that is the end for them. */
  #takeWaiters(): Waiter[] {
    if (this.#waiters.length > 0) this.#over();
    return this.#waiters.splice(0);
  }

  #over(): void {
    const then = this.#onOver;
    this.#onOver = undefined;
    then?.();
  }

  async #next(): Promise<IteratorResult<OwnBytes>> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#owner.onConsumed(chunk.length + ITEM_COST);
      return { done: false, value: chunk };
    }
    if (this.#ended || this.#cancelled || this.#error !== undefined) {
      this.#over();
      // Where it broke off before, that is what is missing.
      if (this.#dropped) throw this.#error ?? dropped();
      if (this.#error !== undefined && !this.#cancelled) throw this.#error;
      return { done: true, value: undefined };
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }
}

function dropped(): UsageError {
  return new UsageError(
    "stream-dropped",
    "a received stream is there until its handler has settled, or the next message is asked for",
  );
}

/** A message that has arrived whole, for whoever has asked for a stream: one chunk of it. */
export function streamOf(message: Message, owner: StreamOwner): IncomingStream {
  const text = typeof message === "string";
  const stream = new IncomingStream(text ? "text" : "binary", owner, Infinity);
  const bytes = text ? (encodeUtf8(message) as OwnBytes) : message;
  if (bytes.length > 0) owner.onConsumed(-stream.push(bytes));
  stream.end();
  return stream;
}
