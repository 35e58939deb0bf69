import { constants, deflateRawSync, type InflateRaw, inflateRawSync } from "node:zlib";
import type { Faults } from "./fault.ts";
import { ProtocolFault } from "./frame-parser.ts";

/** What one side agreed to (RFC 7692 7.1). */
export interface DeflateSide {
  readonly takeover: boolean;
  readonly windowBits: number;
}

const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);
const EMPTY = new Uint8Array(0);

/** permessage-deflate of one connection (RFC 7692 7.2): the window of each direction is kept as the dictionary of the next call. */
export class DeflateContext {
  readonly #send: DeflateSide;
  readonly #receive: DeflateSide;
  readonly #faults: Faults;
  #sent: Uint8Array = EMPTY;
  #received: Uint8Array = EMPTY;

  constructor(send: DeflateSide, receive: DeflateSide, faults: Faults) {
    this.#send = send;
    this.#receive = receive;
    this.#faults = faults;
  }

  deflate(message: Uint8Array): Uint8Array {
    const { takeover } = this.#send;
    const windowBits = this.#faults.has("uses a larger window than agreed") ? 15 : this.#send.windowBits;
    const keeps = takeover || this.#faults.has("keeps the window though it agreed not to");
    const options = { windowBits, finishFlush: constants.Z_SYNC_FLUSH };
    const out = deflateRawSync(message, this.#sent.length > 0 ? { ...options, dictionary: this.#sent } : options);
    if (keeps) this.#sent = tail(this.#sent, message, windowBits);
    const body = out.subarray(0, out.length - TAIL.length);
    return body.length === 0 ? Uint8Array.of(0) : Uint8Array.from(body);
  }

  /** Throws {@link ProtocolFault} 1009 over `limit`, 1007 on data that is no DEFLATE. */
  inflate(payload: Uint8Array, limit: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let input: Uint8Array = Buffer.concat([payload, TAIL]);
    let window = this.#received;
    let total = 0;
    while (input.length > 0) {
      const { output, consumed } = this.#block(input, window, limit - total);
      parts.push(output);
      total += output.length;
      window = tail(window, output, 15);
      input = input.subarray(consumed);
      if (consumed === 0 || this.#faults.has("stops at a final block")) break;
    }
    const keeps = this.#receive.takeover && !this.#faults.has("forgets the window though it may be used");
    this.#received = keeps ? window : EMPTY;
    return Uint8Array.from(Buffer.concat(parts));
  }

  #block(input: Uint8Array, window: Uint8Array, limit: number): { output: Uint8Array; consumed: number } {
    const unlimited = this.#faults.has("inflates past the limit");
    const options = {
      // zlib accepts any distance up to the window it has, so a smaller agreed window needs no smaller one here.
      windowBits: 15,
      finishFlush: constants.Z_SYNC_FLUSH,
      info: true,
      ...(unlimited ? {} : { maxOutputLength: Math.max(1, limit) }),
      ...(window.length > 0 ? { dictionary: window } : {}),
    };
    try {
      // With `info` the result is this pair, which the types of node:zlib do not know.
      const { buffer, engine } = inflateRawSync(input, options) as unknown as { buffer: Buffer; engine: InflateRaw };
      return { output: buffer, consumed: engine.bytesWritten };
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
      throw new ProtocolFault(tooLarge ? 1009 : 1007, (error as Error).message);
    }
  }
}

function tail(window: Uint8Array, more: Uint8Array, bits: number): Uint8Array {
  const size = 2 ** bits;
  if (more.length >= size) return more.slice(more.length - size);
  const joined = Buffer.concat([window, more]);
  return Uint8Array.from(joined.subarray(Math.max(0, joined.length - size)));
}
