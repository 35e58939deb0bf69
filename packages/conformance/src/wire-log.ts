import { toHex } from "./wire/bytes.ts";
import type { Frame } from "./wire/frame-reader.ts";
import { OPCODE, opcodeName } from "./wire/opcode.ts";

/** `sent`: by the suite to the testee; `received`: from it. */
export type Direction = "sent" | "received";

/** One line of a run's wire log; `at` is in milliseconds since the run began. */
export interface WireLogEntry {
  readonly at: number;
  readonly kind: "bytes" | "frame" | "head" | "event";
  readonly direction?: Direction;
  /** What it means: a decoded frame, a head's text, or who closed TCP and how. */
  readonly text: string;
  /** For `bytes`: how many, in how many writes or reads, and the first of them in hex. */
  readonly length?: number;
  readonly chunks?: number;
  readonly hex?: string;
  /** For `frame`: its header's bytes and the first of its payload, unmasked, in hex; `length` is the whole payload's. */
  readonly header?: string;
  readonly payload?: string;
}

/** Entries kept of a run's beginning and of its end; what lies between is counted. */
const KEPT = 150;
const HEX_BYTES = 48;
const SHOWN_PAYLOAD = 256;

interface OpenEntry {
  at: number;
  kind: WireLogEntry["kind"];
  direction?: Direction;
  text: string;
  length?: number;
  chunks?: number;
  shown?: Uint8Array;
  frame?: Frame;
}

/** What went over one run's connections, annotated, in bounded memory. */
export class WireLog {
  #started = performance.now();
  readonly #first: OpenEntry[] = [];
  #last: OpenEntry[] = [];
  #dropped = 0;
  #latest: OpenEntry | undefined;

  /** Sets the clock to 0: the run begins now, and nothing has happened yet. */
  restart(): void {
    this.#started = performance.now();
  }

  /** Milliseconds since the run began. */
  now(): number {
    return performance.now() - this.#started;
  }

  /** Bytes that crossed the wire. Bytes that follow in the same direction with nothing between join the same entry. */
  bytes(direction: Direction, bytes: Uint8Array, chunks = 1): void {
    const latest = this.#latest;
    if (latest?.kind === "bytes" && latest.direction === direction) {
      const shown = latest.shown ?? new Uint8Array(0);
      if (shown.length <= HEX_BYTES) {
        latest.shown = Buffer.concat([shown, bytes.subarray(0, HEX_BYTES + 1 - shown.length)]);
      }
      latest.length = (latest.length ?? 0) + bytes.length;
      latest.chunks = (latest.chunks ?? 0) + chunks;
      return;
    }
    const shown = bytes.slice(0, HEX_BYTES + 1);
    this.#add({ at: this.now(), kind: "bytes", direction, text: "", length: bytes.length, chunks, shown });
  }

  /** A frame that was sent or fully received. */
  frame(direction: Direction, frame: Frame): void {
    // Described when the log is read, since most of a flood's frames never are; only the payload's beginning is kept.
    const kept = { ...frame, payload: frame.payload.slice(0, SHOWN_PAYLOAD) };
    this.#add({ at: this.now(), kind: "frame", direction, text: "", length: frame.payload.length, frame: kept });
  }

  /** An HTTP head that was sent or fully received. */
  head(direction: Direction, text: string): void {
    const shown = text.length > 2000 ? `${text.slice(0, 2000)}… (${text.length} characters)` : text;
    this.#add({ at: this.now(), kind: "head", direction, text: shown });
  }

  /** Anything else worth telling: who closed TCP and how, a timeout, a note of the case. */
  event(text: string): void {
    this.#add({ at: this.now(), kind: "event", text });
  }

  /** The log so far. */
  entries(): WireLogEntry[] {
    const gap: OpenEntry[] =
      this.#dropped === 0
        ? []
        : [{ at: this.#last[0]?.at ?? 0, kind: "event", text: `… ${this.#dropped} entries left out …` }];
    return [...this.#first, ...gap, ...this.#last].map(({ shown, at, frame, ...rest }) => ({
      at: Math.round(at * 100) / 100,
      ...rest,
      ...(shown === undefined ? {} : { hex: hexOf(shown, rest.length ?? 0) }),
      ...(frame === undefined ? {} : frameEntry(frame, rest.length ?? 0)),
    }));
  }

  #add(entry: OpenEntry): void {
    this.#latest = entry;
    if (this.#first.length < KEPT) {
      this.#first.push(entry);
      return;
    }
    this.#last.push(entry);
    if (this.#last.length > 2 * KEPT) {
      this.#dropped += KEPT;
      this.#last = this.#last.slice(KEPT);
    }
  }
}

function frameEntry(frame: Frame, length: number): Pick<WireLogEntry, "text" | "header" | "payload"> {
  return {
    text: describeFrame(frame, length),
    header: toHex(frame.header),
    payload: toHex(frame.payload.subarray(0, HEX_BYTES)),
  };
}

function hexOf(shown: Uint8Array, length: number): string {
  const digits = toHex(shown.subarray(0, HEX_BYTES), HEX_BYTES);
  return length > HEX_BYTES ? `${digits} … (${length - HEX_BYTES} more)` : digits;
}

/** A frame of `length` payload bytes in one line: `FIN text, 5 bytes, masked 37 fa 21 3d: "Hello"`. */
function describeFrame(frame: Frame, length: number): string {
  const bits = [frame.fin ? "FIN" : "", ...["RSV1", "RSV2", "RSV3"].filter((_, bit) => (frame.rsv & (4 >> bit)) !== 0)];
  const mask = frame.key === undefined ? "unmasked" : `masked ${toHex(frame.key)}`;
  const start = [...bits.filter((bit) => bit !== ""), opcodeName(frame.opcode)].join(" ");
  return `${start}, ${length} bytes, ${mask}${describePayload(frame, length)}`;
}

function describePayload({ payload, opcode, rsv }: Frame, length: number): string {
  if (length === 0) return "";
  if (opcode === OPCODE.close && length >= 2) {
    const code = ((payload[0] as number) << 8) | (payload[1] as number);
    return `: ${code} ${JSON.stringify(Buffer.from(payload.subarray(2)).toString("utf8"))}`;
  }
  if (opcode === OPCODE.text && rsv === 0) {
    return `: ${JSON.stringify(Buffer.from(payload.subarray(0, 60)).toString("utf8"))}${length > 60 ? "…" : ""}`;
  }
  const more = length > 16 ? ` … (${length - 16} more)` : "";
  return `: ${toHex(payload.subarray(0, 16))}${more}`;
}
