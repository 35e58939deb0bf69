import { CaseFailure, CutFrame, Overdue } from "./case-failure.ts";
import { type Delivery, pauseBetween, pieces } from "./delivery.ts";
import { Inbound, type MessageCodec, type PeerEvent } from "./inbound.ts";
import type { Random } from "./random.ts";
import type { Role } from "./role.ts";
import type { Testee } from "./testee.ts";
import type { Target } from "./transport/dial.ts";
import type { Transport } from "./transport/transport.ts";
import { concatBytes } from "./wire/bytes.ts";
import { encodeFrame, type FrameSpec } from "./wire/frame.ts";
import { FrameReader } from "./wire/frame-reader.ts";
import { endOfHead, type HttpHead, parseHead } from "./wire/http-head.ts";
import { OPCODE } from "./wire/opcode.ts";
import type { WireLog } from "./wire-log.ts";

/** What an opening handshake shall carry beyond the required fields. */
export interface OpenOptions {
  /** `Sec-WebSocket-Extensions`: our offer to a server, our answer to a client. Set `peer.codec` for what was agreed. */
  readonly extensions?: string;
  /** `Sec-WebSocket-Protocol`: our offer to a server, our choice to a client. */
  readonly subprotocol?: string;
  /** More field lines, at the end. */
  readonly fields?: readonly (readonly [string, string])[];
}

/** What a peer needs to know of the run that it belongs to. */
export interface RunSettings {
  readonly role: Role;
  readonly testee: Testee;
  readonly delivery: Delivery;
  readonly random: Random;
  readonly log: WireLog;
  nonStrict(reason: string): void;
  inform(text: string): void;
}

/** Our end of one connection to the testee: sends anything, legal or not, and reads what comes back as heads, frames and events. */
export class Peer {
  readonly settings: RunSettings;
  readonly transport: Transport;
  /** Where the testee is; in the client role, where it believes us to be. */
  readonly target: Target;
  /** Client role: the client's request. Server role: the request that {@link openHandshake} sent. */
  request: HttpHead | undefined;
  /** The response head that was read (server role) or sent (client role). */
  response: HttpHead | undefined;
  /** True once we sent a Close frame through {@link send}. */
  closeSent = false;
  readonly #inbound: Inbound;
  readonly #reader = new FrameReader();
  readonly #events: PeerEvent[] = [];
  #endReported = false;

  constructor(transport: Transport, settings: RunSettings, target: Target) {
    this.transport = transport;
    this.target = target;
    this.settings = settings;
    this.#inbound = new Inbound(settings.role);
  }

  /** Decodes compressed messages once permessage-deflate is agreed; without it RSV1 from the testee is a failure. */
  get codec(): MessageCodec | undefined {
    return this.#inbound.codec;
  }

  set codec(codec: MessageCodec | undefined) {
    this.#inbound.codec = codec;
  }

  /** Lets this close code through although nobody may send it, for a case that looks at how the testee answers it. */
  tolerateCloseCode(code: number): void {
    this.#inbound.toleratedCloseCode = code;
  }

  /** The testee has begun a message and not ended it. */
  get receivingMessage(): boolean {
    return this.#inbound.inMessage;
  }

  /** Frames in bytes, masked as our role demands unless a spec says otherwise. */
  encode(...frames: readonly FrameSpec[]): Uint8Array {
    const masks = this.settings.role === "server";
    return concatBytes(
      frames.length === 0
        ? [new Uint8Array(0)]
        : frames.map((frame) => encodeFrame(frame, masks ? this.settings.random.bytes(4) : undefined)),
    );
  }

  /** Sends frames one after another as one stream of bytes, in the pieces that the run's delivery makes of them. */
  async send(...frames: readonly FrameSpec[]): Promise<void> {
    for (const frame of frames) if (frame.opcode === OPCODE.close) this.closeSent = true;
    const bytes = this.encode(...frames);
    await this.sendBytes(bytes);
    this.#logSent(bytes);
  }

  /** Sends raw bytes in the run's delivery, or in one given for this call; stops early when the testee has closed. */
  async sendBytes(bytes: Uint8Array, delivery: Delivery = this.settings.delivery): Promise<void> {
    const { log, random } = this.settings;
    const cut = pieces(bytes, delivery, random);
    for (const [index, piece] of cut.entries()) {
      if (this.transport.peerEnd !== undefined) {
        log.event(`${cut.length - index} of ${cut.length} writes left out: the testee has closed`);
        return;
      }
      log.bytes("sent", piece);
      const written = this.transport.write(piece);
      // A large write that the testee answers by closing would end in an error that takes what it said with it.
      if (delivery === "whole" || index === cut.length - 1) await written;
      else await pauseBetween(index);
    }
  }

  /** Sends a head, whole unless a delivery is given. */
  async sendHead(bytes: Uint8Array, delivery: Delivery = "whole"): Promise<void> {
    this.settings.log.head("sent", Buffer.from(bytes).toString("latin1"));
    await this.sendBytes(bytes, delivery);
  }

  /**
   * Reads the next HTTP head; what follows it stays for frames or {@link readBody}. `undefined` if the testee closed
   * before it was complete. Throws {@link CaseFailure} after the answer deadline, at 1 MiB, or if it is not a head.
   */
  async readHead(milliseconds: number = this.settings.testee.deadlines.answer): Promise<HttpHead | undefined> {
    const deadline = performance.now() + milliseconds;
    let held: Uint8Array = new Uint8Array(0);
    for (;;) {
      for (let chunk = this.transport.take(); chunk !== undefined; chunk = this.transport.take()) {
        held = concatBytes([held, chunk]);
      }
      const end = endOfHead(held);
      if (end !== -1) {
        this.transport.putBack(held.subarray(end));
        return this.#parseHead(held.slice(0, end));
      }
      if (held.length > 1_048_576) throw new CaseFailure("the testee sent 1 MiB without ending its HTTP head");
      if (this.transport.peerEnd !== undefined) return undefined;
      const left = deadline - performance.now();
      if (left <= 0) throw new Overdue(`no complete HTTP head within ${milliseconds} ms`);
      await this.transport.arrival(left);
    }
  }

  /** Raw bytes until the testee closes, `limit` bytes are there, or nothing has come for `quiet` milliseconds. */
  async readBody(limit = 65_536, quiet = 200): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < limit) {
      const chunk = this.transport.take();
      if (chunk !== undefined) {
        parts.push(chunk);
        length += chunk.length;
      } else if (this.transport.peerEnd !== undefined || !(await this.transport.arrival(quiet))) break;
    }
    return concatBytes(parts.length === 0 ? [new Uint8Array(0)] : parts);
  }

  /** Waits until the testee has ended its direction; `undefined` after `milliseconds`. Received bytes are left alone. */
  async waitForEnd(milliseconds: number): Promise<"fin" | "reset" | undefined> {
    const deadline = performance.now() + milliseconds;
    while (this.transport.peerEnd === undefined) {
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      await this.transport.arrival(left);
    }
    return this.transport.peerEnd;
  }

  /** Passes over what the testee still sends, within the rules, until it has ended its direction; `undefined` after `milliseconds`. */
  async readToEnd(milliseconds: number): Promise<"fin" | "reset" | undefined> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const event = await this.next(deadline - performance.now());
      if (event === undefined) return undefined;
      if (event.type === "end") return event.how;
    }
  }

  /**
   * The next thing the testee did; `undefined` if it did nothing for `milliseconds`. After `end` there is nothing more. Throws
   * {@link CutFrame} where FIN comes within a frame: only a reset may take the rest with it.
   */
  async next(milliseconds: number): Promise<PeerEvent | undefined> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const event = this.#events.shift() ?? this.#poll();
      if (event !== undefined) return event;
      const left = deadline - performance.now();
      if (left <= 0 || this.#endReported) return undefined;
      await this.transport.arrival(left);
    }
  }

  #poll(): PeerEvent | undefined {
    for (let chunk = this.transport.take(); chunk !== undefined; chunk = this.transport.take()) {
      this.#receive(chunk);
      const event = this.#events.shift();
      if (event !== undefined) return event;
    }
    const how = this.transport.peerEnd;
    if (how === undefined || this.#endReported) return undefined;
    this.#endReported = true;
    const { unfinished } = this.#reader;
    if (how === "fin" && unfinished.length > 0) throw new CutFrame(unfinished);
    return { type: "end", how, at: this.settings.log.now() };
  }

  #receive(chunk: Uint8Array): void {
    const { log } = this.settings;
    for (const frame of this.#reader.push(chunk)) {
      log.frame("received", frame);
      const event = this.#inbound.accept(frame, log.now());
      if (event !== undefined) this.#events.push(event);
    }
  }

  #parseHead(bytes: Uint8Array): HttpHead {
    this.settings.log.head("received", Buffer.from(bytes).toString("latin1"));
    try {
      return parseHead(bytes);
    } catch (error) {
      throw new CaseFailure(`the testee's HTTP head is malformed: ${(error as Error).message}`);
    }
  }

  /** Says in the log what the bytes were meant to be, as far as they are frames at all. */
  #logSent(bytes: Uint8Array): void {
    try {
      for (const frame of new FrameReader().push(bytes)) this.settings.log.frame("sent", frame);
    } catch (error) {
      this.settings.log.event(`sent a header that lies: ${(error as Error).message}`);
    }
  }
}
