/** The body of a response that refused the handshake (RFC 9112 section 6), as far as it is worth reading. */
import { ByteBuffer } from "../bytes/byte-buffer.ts";
import type { ResponseHead } from "./http-head.ts";

/** The characters of a chunk's size with its extensions; a longer line is a fault. */
const MAX_SIZE_LINE = 256;
const SIZE_LINE = /^([\da-f]{1,12})[ \t]*(?:;.*)?\r$/i;

/** Reads a body of known length, in chunks, or up to the end of the stream, and never more than `max` bytes of it. */
export class RefusedBody {
  readonly #max: number;
  readonly #body = new ByteBuffer();
  readonly #chunked: boolean;
  /** Bytes that are still to come, of the body or of the current chunk. */
  #left: number;
  /** The line between the data of chunks, as far as it came; undefined inside data. */
  #line: string | undefined;
  /** Whether that line is the empty one that ends a chunk's data. */
  #lineEndsChunk = false;
  #done: boolean;
  #complete: boolean;

  constructor(head: ResponseHead, max: number) {
    this.#max = max;
    const codings = head.headers.getAll("transfer-encoding");
    const lengths = head.headers.getAll("content-length");
    this.#chunked = codings.length === 1 && codings[0].toLowerCase() === "chunked";
    this.#line = this.#chunked ? "" : undefined;
    const known = codings.length === 0 && lengths.length === 1 && /^\d+$/.test(lengths[0]);
    this.#left = known ? Number(lengths[0]) : Number.POSITIVE_INFINITY;
    this.#complete = this.#left === 0 || head.status === 204 || head.status === 304;
    this.#done = this.#complete;
  }

  /** True once nothing more is wanted. */
  get done(): boolean {
    return this.#done;
  }

  /** Whether the body has ended as its framing says, and nothing of it was cut off. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Takes the next chunk of the stream, which stays the caller's. */
  receive(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#done) {
      if (this.#line !== undefined) {
        this.#readSizeLine(this.#line, bytes[at++]);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#left);
      const room = this.#max - this.#body.length;
      this.#body.append(bytes.subarray(at, Math.min(end, at + room)));
      this.#left -= end - at;
      if (end - at > room || (end - at === room && this.#left > 0)) {
        this.#done = true;
      } else if (this.#left > 0) {
        return;
      } else if (this.#chunked) {
        this.#line = "";
        this.#lineEndsChunk = true;
      } else {
        this.#finish();
      }
      at = end;
    }
  }

  /** The stream has ended, or more is not waited for; gives what there is, a copy that is the caller's. */
  end(): Uint8Array {
    if (!this.#done && !this.#chunked && this.#left === Number.POSITIVE_INFINITY) this.#finish();
    this.#done = true;
    return this.#body.take();
  }

  #finish(): void {
    this.#complete = true;
    this.#done = true;
  }

  #readSizeLine(line: string, octet: number): void {
    this.#line = line + String.fromCharCode(octet);
    if (octet !== 0x0a) {
      if (line.length === MAX_SIZE_LINE) this.#done = true;
      return;
    }
    const size = SIZE_LINE.exec(line);
    if (this.#lineEndsChunk && line === "\r") {
      this.#line = "";
      this.#lineEndsChunk = false;
    } else if (this.#lineEndsChunk || size === null) {
      this.#done = true;
    } else {
      this.#line = undefined;
      this.#left = Number.parseInt(size[1], 16);
      // Trailers may follow the last chunk; nothing in them is wanted.
      if (this.#left === 0) this.#finish();
    }
  }
}
