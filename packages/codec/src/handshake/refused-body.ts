/** The body of a response that refused the handshake (RFC 9112 section 6), as far as it is worth reading. */
import { OutputBuffer } from "../bytes/outlet.ts";
import type { ResponseHead } from "./http-head.ts";

/** The characters of a chunk's size with its extensions; a longer line is a fault. */
const MAX_SIZE_LINE = 256;
/** The end of one chunk's data and the size of the next. */
const SIZE_LINE = /^\r\n([\da-f]{1,12})[ \t]*(?:;.*)?\r\n$/i;

/** Reads a body of known length, in chunks, or up to the end of the stream, and never more than `max` bytes of it. */
export class RefusedBody {
  /** Nothing more is wanted. */
  done = false;
  /** The body has ended as its framing says, and nothing of it was cut off. */
  complete = false;
  readonly #max: number;
  readonly #body = new OutputBuffer();
  readonly #chunked: boolean;
  readonly #toEnd: boolean;
  /** Bytes of data to read before the body, or a chunk, ends or is cut off. */
  #left = 0;
  #cut = false;
  /** What came since the data of the last chunk: as if one had ended before the first. */
  #line = "\r\n";

  constructor({ status, headers }: ResponseHead, max: number) {
    this.#max = max;
    const coding = headers.get("transfer-encoding");
    const length = headers.get("content-length") ?? "";
    this.#chunked = coding?.toLowerCase() === "chunked";
    this.#toEnd = !this.#chunked && (coding !== null || !/^\d+$/.test(length));
    if (status === 204 || status === 304) this.#expect(0);
    else if (!this.#chunked) this.#expect(this.#toEnd ? Number.POSITIVE_INFINITY : Number(length));
  }

  /** Takes the next chunk of the stream, which stays the caller's. */
  receive(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.done) {
      if (this.#left === 0) {
        this.#readSizeLine(bytes[at++]);
      } else {
        const data = bytes.subarray(at, at + this.#left);
        this.#body.attach(data);
        at += data.length;
        this.#left -= data.length;
        if (this.#left === 0) this.#endData(this.#chunked);
      }
    }
  }

  /** The stream has ended, or more is not waited for; gives what there is, a copy that is the caller's. */
  end(): Uint8Array {
    this.complete ||= this.#toEnd && !this.done;
    this.done = true;
    return this.#body.take();
  }

  /** So many bytes of data follow: as many as there is room for are read. */
  #expect(size: number): void {
    this.#left = Math.min(size, this.#max - this.#body.length);
    this.#cut = this.#left < size;
    if (this.#left === 0) this.#endData(false);
  }

  #endData(moreFollows: boolean): void {
    this.done = this.#cut || !moreFollows;
    this.complete = this.done && !this.#cut;
    this.#line = "";
  }

  #readSizeLine(octet: number): void {
    this.#line += String.fromCharCode(octet);
    if (octet === 0x0a && this.#line !== "\r\n") {
      const size = SIZE_LINE.exec(this.#line);
      // Trailers may follow the last chunk; nothing in them is wanted.
      if (size === null) this.done = true;
      else this.#expect(Number.parseInt(size[1], 16));
    } else if (this.#line.length > MAX_SIZE_LINE) {
      this.done = true;
    }
  }
}
