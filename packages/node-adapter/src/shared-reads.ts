import type { Socket as NetSocket, OnReadOpts } from "node:net";
import type { Duplex } from "node:stream";
import { LENT_CHUNK } from "@samewire/connection";
import { NodeSocket, ownerOf, StreamSocket, simdMemory } from "@samewire/node-builtins";

let reads: OnReadOpts | undefined;

/**
 * For `net.connect`: reads of every TCP connection of a process go into one buffer, which the connection empties before
 * the next read. A stream of Node's otherwise makes 64 KiB for each read, however little comes, and passes it through
 * its own buffer: docs/decisions/0009-shared-reads.md has what that costs.
 */
export function sharedReads(): OnReadOpts {
  if (reads !== undefined) return reads;
  const buffer = simdMemory(256 * 1024);
  reads = {
    buffer,
    callback(this: NetSocket, count: number): boolean {
      ownerOf(this).received(buffer.subarray(0, count), LENT_CHUNK);
      return true;
    },
  };
  return reads;
}

/** What a write of no octets waits for is the end of the one before it. */
const NOTHING = new Uint8Array(0);

/** The Socket port over a stream that reads as {@link sharedReads} tells it to: one of Node's own, TCP or TLS. */
export class SharedReadSocket extends StreamSocket {
  constructor(stream: Duplex) {
    super(stream);
    // Node finds out when it is first asked, and keeps the answer: one that is closed tells it, too.
    this.peer();
  }

  /** A callback costs a tick of the process, a tenth of a small write. Only what has to wait is followed by one. */
  protected pass(bytes: Uint8Array): boolean {
    const { stream } = this;
    stream.write(bytes);
    if (stream.writableLength === 0) return true;
    stream.write(NOTHING, (error) => {
      // After a failure comes the end of the stream.
      if (!error) this.written();
    });
    return false;
  }

  protected read(): void {
    if (!this.stream.isPaused()) this.stream.resume();
  }
}

/** Where a `net.Socket` keeps what its option `onread` gave it: both are null in one that was made without. */
interface ReadSlots {
  readonly buffer: symbol;
  readonly callback: symbol;
}

interface Handle {
  useUserBuffer?(buffer: Uint8Array): void;
  /** Of TLS: the handle below it. */
  readonly _parent?: Handle;
}

type SlottedStream = Duplex & {
  [slot: symbol]: unknown;
  readonly _handle?: Handle | null;
};

let slots: ReadSlots | undefined;

function slotsOf(stream: SlottedStream): ReadSlots | undefined {
  if (slots !== undefined) return slots;
  const symbols = Object.getOwnPropertySymbols(stream);
  const buffer = symbols.find(({ description }) => description === "kBuffer");
  const callback = symbols.find(({ description }) => description === "kBufferCb");
  if (buffer !== undefined && callback !== undefined) slots = { buffer, callback };
  return slots;
}

/**
 * Whether what is read comes from the kernel, when the event loop says so. Over a stream in JavaScript, TLS may be given
 * bytes at any time: while a chunk of another connection is in the buffer, too.
 */
function isKernels(handle: Handle): boolean {
  const { name } = (handle._parent ?? handle).constructor;
  return name === "TCP" || name === "Pipe";
}

/**
 * The Socket port over a stream that somebody else made: the listener, or a server of `node:http`. There is no option
 * for the buffer there, so that the stream is given it afterwards, as its constructor would have. One that has read
 * something already, or that keeps the buffer elsewhere, as another Node may, serves as an ordinary stream.
 */
export function toSocket(stream: Duplex): StreamSocket {
  const slotted = stream as SlottedStream;
  const found = slotsOf(slotted);
  const handle = slotted._handle;
  const fresh = found !== undefined && slotted[found.buffer] === null && stream.readableLength === 0;
  if (!fresh || typeof handle?.useUserBuffer !== "function" || !isKernels(handle)) return new NodeSocket(stream);
  const { buffer, callback } = sharedReads();
  slotted[found.buffer] = buffer;
  slotted[found.callback] = callback;
  handle.useUserBuffer(buffer as Uint8Array);
  return new SharedReadSocket(stream);
}
