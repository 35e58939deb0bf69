/** Sends the parts of one message as fragments (RFC 6455 section 5.4), each when there is room for it. */
import { encodeUtf8, type MessageExtension, UsageError } from "@samewire/codec";
import { isBytes, viewOf } from "../message.ts";
import type { OutgoingOwner } from "./outgoing-owner.ts";
import { COPY_LIMIT } from "./transmitter.ts";

const NOTHING = new Uint8Array(0);
/** This many bytes of parts that are sent as they are go in one turn of the event loop, however fast the peer takes them. */
const TURN_BYTES = 512 * 1024;
/** Each part, the smallest too, costs as much as this many bytes more. */
const PART_COST = 512;

export class PartSender {
  /** Set from outside: nothing may be sent any more. */
  stopped = false;
  /** The last frame of the message is encoded. */
  complete = false;
  #kind: "text" | "binary" | undefined;
  /** What compresses the parts: a slice of them in a turn. */
  #transforms: MessageExtension | undefined;
  /** What this turn's parts have cost, in bytes. */
  #spent = 0;
  /** A high surrogate that ended its part: its other half may begin the next. */
  #half = "";
  readonly #owner: OutgoingOwner;
  /** What the message is, where its parts are bytes. */
  readonly #kindOfBytes: "text" | "binary";
  readonly #compress: boolean | undefined;

  constructor(owner: OutgoingOwner, kind: "text" | "binary" = "binary", compress?: boolean) {
    this.#owner = owner;
    this.#kindOfBytes = kind;
    this.#compress = compress;
  }

  /** Whether a frame of the message may have been sent. */
  get begun(): boolean {
    return this.#kind !== undefined;
  }

  async run(parts: AsyncIterator<unknown>): Promise<void> {
    for (;;) {
      const next = await parts.next();
      if (this.stopped) return;
      const part = next.done ? undefined : this.#read(next.value);
      // Once more: `done` and `value` may be getters of the application's, which may have closed the connection.
      if (this.stopped) return;
      if (part === undefined) break;
      this.#begin(part.kind);
      await this.#send(part.bytes);
      if (this.stopped) return;
    }
    this.#begin(this.#kind ?? this.#kindOfBytes);
    this.#owner.protocol.sendFragment(this.#half === "" ? NOTHING : encodeUtf8(this.#half), true);
    this.complete = true;
    this.#owner.sent();
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const { protocol } = this.#owner;
    let at = 0;
    do {
      const slice = this.#transforms?.encodeSlice ?? TURN_BYTES;
      // What is not compressed takes no time that grows with its length: a part is one frame.
      const size = this.#transforms === undefined ? bytes.length : Math.min(slice - this.#spent, bytes.length - at);
      if (size > 0) {
        protocol.sendFragment(bytes.subarray(at, at + size), false);
        this.#owner.sent();
      }
      at += size;
      this.#spent += size + PART_COST;
      // A long part may wait in the memory of its source, which may use that again for the next one.
      await this.#owner.taken(bytes.length > COPY_LIMIT);
      if (this.stopped) return;
      if (this.#spent < slice) continue;
      this.#spent = 0;
      await this.#owner.turns.longTurn();
      if (this.stopped) return;
    } while (at < bytes.length);
  }

  #begin(kind: "text" | "binary"): void {
    if (this.#kind !== undefined) return;
    this.#kind = kind;
    const { protocol } = this.#owner;
    const { extension } = protocol;
    if (extension?.wants(undefined, this.#compress)) this.#transforms = extension;
    protocol.beginMessage(kind, undefined, this.#compress);
  }

  /** Checks a part, and gives the bytes that can be sent of it. */
  #read(part: unknown): { kind: "text" | "binary"; bytes: Uint8Array } {
    const text = typeof part === "string";
    if (!text && !isBytes(part)) throw new UsageError("message-type", "the parts of a message are strings or bytes");
    const kind = text ? "text" : this.#kindOfBytes;
    if (this.#kind !== undefined && this.#kind !== kind) {
      throw new UsageError("message-type", "the parts of one message are all strings or all bytes");
    }
    if (!text) return { kind, bytes: viewOf(part) };
    const whole = this.#half + part;
    const last = whole.charCodeAt(whole.length - 1);
    this.#half = last >= 0xd800 && last <= 0xdbff ? whole.slice(-1) : "";
    return { kind, bytes: encodeUtf8(this.#half === "" ? whole : whole.slice(0, -1)) };
  }
}
