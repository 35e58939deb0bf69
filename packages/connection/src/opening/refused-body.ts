/** The body of a response that refused the handshake (RFC 9112 section 6), as far as it is worth reading. */
import { OutputBuffer, type ResponseHead } from "@samewire/codec";

/** The response of a server that refused, for the application to see. */
export interface RefusedResponse extends ResponseHead {
  /** At most 64 KiB. */
  readonly body: Uint8Array;
  /** Whether that is all of the body. */
  readonly complete: boolean;
}

/** The characters of a chunk's size with its extensions; a longer line is a fault. */
const MAX_SIZE_LINE = 256;
/** The end of one chunk's data and the size of the next. */
const SIZE_LINE = /^\r\n([\da-f]{1,12})[ \t]*(?:;.*)?\r\n$/i;

/** A body as it is read. */
export interface RefusedBody {
  /** Takes the next chunk of the stream, which stays the caller's; true once nothing more is wanted. */
  receive(bytes: Uint8Array): boolean;
  /**
   * The stream has ended, or more is not waited for; gives what there is, a copy that is the caller's.
   *
   * @param inOrder whether it was the peer's FIN that ended it
   */
  end(inOrder: boolean): Pick<RefusedResponse, "body" | "complete">;
}

/** Reads a body of known length, in chunks, or up to the end of the stream, and never more than `max` bytes of it. */
export function readRefusedBody({ status, headers }: ResponseHead, max: number): RefusedBody {
  const body = new OutputBuffer();
  /** Bytes of data to read before the body, or a chunk, ends or is cut off. */
  let left = 0;
  let cut = false;
  /** What came since the data of the last chunk: as if one had ended before the first. */
  let line = "\r\n";
  let done = false;
  let complete = false;

  const endData = (moreFollows: boolean): void => {
    done = cut || !moreFollows;
    complete = done && !cut;
    line = "";
  };
  /** This many bytes of data follow: as many as there is room for are read. */
  const expect = (size: number): void => {
    left = Math.min(size, max - body.length);
    cut = left < size;
    if (left === 0) endData(false);
  };
  const readSizeLine = (octet: number): void => {
    line += String.fromCharCode(octet);
    if (octet === 0x0a && line !== "\r\n") {
      const size = SIZE_LINE.exec(line);
      // Trailers may follow the last chunk; nothing in them is wanted.
      if (size === null) done = true;
      else expect(Number.parseInt(size[1] as string, 16));
    } else if (line.length > MAX_SIZE_LINE) {
      done = true;
    }
  };

  // RFC 9112 section 6.3: chunks count before a length, and where there is neither the stream's end ends the body.
  const coding = headers.get("transfer-encoding");
  const chunked = coding !== null && /(?:^|,)[ \t]*chunked$/i.test(coding);
  const lengths = new Set(headers.get("content-length")?.split(/[ \t]*,[ \t]*/));
  const [length = ""] = lengths;
  const toEnd = !chunked && (coding !== null || lengths.size === 0);
  if (status === 101 || status === 204 || status === 304) expect(0);
  else if (toEnd) expect(Number.MAX_SAFE_INTEGER);
  else if (!chunked && lengths.size === 1 && /^\d+$/.test(length)) expect(Number(length));
  // A length that is none, or lengths that differ: nobody knows what is the body.
  else if (!chunked) done = true;

  return {
    receive(bytes) {
      let at = 0;
      while (at < bytes.length && !done) {
        if (left === 0) {
          readSizeLine(bytes[at++] as number);
        } else {
          const data = bytes.subarray(at, at + left);
          body.attach(data);
          at += data.length;
          left -= data.length;
          if (left === 0) endData(chunked);
        }
      }
      return done;
    },
    end: (inOrder) => ({ body: body.take(), complete: complete || (toEnd && !done && inOrder) }),
  };
}
