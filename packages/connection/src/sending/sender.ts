/**
 * What a connection sends: messages in order, control frames between them, with water marks, a hard cap, and somebody
 * told when there is room again.
 */
import { encodeUtf8, type Protocol, UsageError } from "@samewire/codec";
import type { Environment } from "../environment.ts";
import { type Bytes, isBytes, viewOf } from "../message.ts";
import { PreparedMessage } from "../prepared-message.ts";
import type { Sendable, SendableStream, SendOptions } from "../sendable.ts";
import type { Settings } from "../settings.ts";
import { isThenable } from "../thenable.ts";
import { Outgoing } from "./outgoing.ts";
import type { OutgoingOwner } from "./outgoing-owner.ts";
import type { Transmitter } from "./transmitter.ts";
import type { TurnQueue } from "./turn-queue.ts";

/** A prepared message of up to this many `decodeSlice`s is compressed at once for all its receivers, not slice by slice for each. */
const SHARED_SLICES = 2;

/** What the sender tells its connection. */
export interface SenderEvents {
  /** After a send beyond the high-water mark: what waits has fallen to the low one. */
  onDrain(): void;
  /** The hard cap is reached, and the policy is to close. */
  onOverflow(): void;
  /** What the application sends has failed within a message, which cannot be finished. */
  onHandlerError(error: unknown): void;
}

/** Of a connection's options, what sending asks for. */
export interface SenderOptions {
  readonly environment: Pick<Environment, "turns">;
  readonly settings: Settings;
}

export class Sender implements OutgoingOwner {
  readonly protocol: Protocol;
  readonly turns: TurnQueue;
  readonly #transmitter: Transmitter;
  readonly #settings: Settings;
  readonly #events: SenderEvents;
  /** Made for the first message that takes more than a turn: most connections send none. */
  #outgoing: Outgoing | undefined;
  /** No more messages are accepted: the application has closed, or the connection is over. */
  #stopped = false;
  /** Nothing at all is accepted: the connection is over. */
  #over = false;
  /** Why the connection was lost, if it was. */
  #lost: Error | undefined;
  #congested = false;
  #drainWaiters: (() => void)[] | undefined;
  /** The Ping that is to be answered when the peer takes bytes again: the last one only (RFC 6455 section 5.5.3). */
  #owedPong: Uint8Array | undefined;
  #onIdle: (() => void) | undefined;
  /** Resolves the promise of {@link taken}: there is one, as one message is under way at a time. */
  #onTaken: (() => void) | undefined;
  #takenAll = false;

  constructor(
    protocol: Protocol,
    transmitter: Transmitter,
    { environment, settings }: SenderOptions,
    events: SenderEvents,
  ) {
    this.protocol = protocol;
    this.turns = environment.turns;
    this.#transmitter = transmitter;
    this.#settings = settings;
    this.#events = events;
    transmitter.listener = this;
  }

  get bufferedAmount(): number {
    return this.#transmitter.bufferedAmount + this.#waitingBytes;
  }

  /** Whether a message is under way that takes more than a turn: others must wait behind it. */
  #isBusy(): boolean {
    return this.#outgoing?.busy === true;
  }

  get #waitingBytes(): number {
    return this.#outgoing === undefined ? 0 : this.#outgoing.waitingBytes;
  }

  #slowWay(): Outgoing {
    if (this.#outgoing === undefined) {
      this.#outgoing = new Outgoing(this);
      if (this.#stopped) this.#outgoing.stopStreams(this.#lost);
      if (this.#over) this.#outgoing.stop(this.#lost);
    }
    return this.#outgoing;
  }

  /** @throws UsageError if it is no message */
  send(message: Sendable, options: SendOptions | undefined): boolean {
    const { protocol } = this;
    const transmitter = this.#transmitter;
    // The way of nearly every message: nothing waits, nothing transforms.
    const free = !this.#stopped && !transmitter.blocked && !this.#isBusy();
    if (free && protocol.extension === undefined && protocol.sendable) {
      if (typeof message === "string") protocol.sendText(message);
      else if (message instanceof Uint8Array) protocol.sendBinary(message);
      else if (message instanceof PreparedMessage && protocol.role === "server") transmitter.appendNow(message.frame);
      else return this.#sendChecked(message, options);
      transmitter.flushSoon();
      return !transmitter.blocked || this.#belowHighWater();
    }
    return this.#sendChecked(message, options);
  }

  #sendChecked(message: Sendable, options: SendOptions | undefined): boolean {
    const compress = options?.compress;
    const text = typeof message === "string";
    if (!text && !isBytes(message) && !(message instanceof PreparedMessage)) {
      const hint = isThenable(message) ? ", not a promise: it wants an await" : "";
      throw new UsageError("message-type", `a message is a string, bytes, a prepared message or a stream${hint}`);
    }
    if (this.#stopped || !this.protocol.sendable) return false;
    if (this.#isFull()) return false;
    if (this.#outgoing !== undefined && this.#isBusy()) {
      // Bytes are the caller's again after the call, also where the message must wait.
      const own = text || message instanceof PreparedMessage ? message : viewOf(message).slice();
      this.#outgoing.later(sizeOf(own), () => this.#sendNow(own, compress));
    } else {
      this.#sendNow(message, compress);
    }
    return this.#belowHighWater();
  }

  /** @param kind of a source whose parts are bytes, where it is known; by default they are binary */
  stream(source: SendableStream, kind: "text" | "binary" | undefined, options: SendOptions | undefined): Promise<void> {
    return this.#slowWay().stream(source, kind, options?.compress);
  }

  /** @throws UsageError if the payload is longer than 125 bytes */
  ping(payload: Uint8Array): boolean {
    return this.tryPing(payload) && this.#belowHighWater();
  }

  /** Returns whether a Ping was sent. @throws UsageError if the payload is longer than 125 bytes */
  tryPing(payload: Uint8Array): boolean {
    if (!this.#sendable || this.#isFull()) return false;
    this.protocol.ping(payload);
    this.#transmitter.flushSoon();
    return true;
  }

  /** @throws UsageError if the payload is longer than 125 bytes */
  pong(payload: Uint8Array): boolean {
    if (!this.#sendable || this.#isFull()) return false;
    this.protocol.pong(payload);
    this.#transmitter.flushSoon();
    return this.#belowHighWater();
  }

  /** Answers a Ping: in its place, or, while the peer takes nothing, only the last of them. */
  answerPing(payload: Uint8Array): void {
    // Not for each write that a runtime lends: there a Pong would be missing, or late, that others send.
    if (this.#transmitter.stalled) {
      this.#owedPong = payload.slice();
      return;
    }
    this.protocol.pong(payload);
    this.#transmitter.flushSoon();
  }

  /** Sends the Pong that is owed, if one is, behind what waits. */
  payPong(): void {
    const payload = this.#owedPong;
    this.#owedPong = undefined;
    if (payload === undefined || !(this.protocol.sendable || this.protocol.state === "closing")) return;
    this.protocol.pong(payload);
    this.#transmitter.flush();
  }

  /** Resolves when what waits is below the low-water mark, at once if it is; also when the connection ends. */
  drained(): Promise<void> {
    if (!this.#sendable || this.#belowHighWater()) return Promise.resolve();
    this.#drainWaiters ??= [];
    const waiters = this.#drainWaiters;
    return new Promise((resolve) => waiters.push(resolve));
  }

  taken(all: boolean): Promise<void> {
    const { blocked, bufferedAmount } = this.#transmitter;
    const goesOn = !blocked || (!all && bufferedAmount <= this.#settings.highWaterMark);
    if (!this.#sendable || goesOn) return Promise.resolve();
    this.#takenAll = all;
    return new Promise((resolve) => {
      this.#onTaken = resolve;
    });
  }

  #tellTaken(): void {
    const then = this.#onTaken;
    this.#onTaken = undefined;
    then?.();
  }

  /** Accepts no more messages, since `lost` if so; runs `then` when those accepted are encoded. Breaks off a stream. */
  afterAccepted(then: () => void, lost?: Error): void {
    this.#stopped = true;
    this.#lost ??= lost;
    this.#outgoing?.stopStreams(lost);
    if (this.#isBusy()) this.#onIdle = then;
    else then();
  }

  /** The connection is over, and `lost` is why, if it was: nothing more is sent, and those that wait are told. */
  stop(lost: Error | undefined): void {
    this.#over = true;
    this.#stopped = true;
    this.#lost ??= lost;
    this.#onIdle = undefined;
    this.#owedPong = undefined;
    this.#outgoing?.stop(lost);
    this.#tellTaken();
    this.#wake();
  }

  sent(): void {
    this.#transmitter.flushSoon();
  }

  onBrokenOff(error: unknown): void {
    // The application hears of it before the connection closes: what it sends then has no place on the wire either.
    this.#stopped = true;
    this.#events.onHandlerError(error);
  }

  onOutgoingIdle(): void {
    this.#checkDrained();
    // The drain handler may have sent what takes turns again: that was accepted before its close, too.
    if (this.#isBusy()) return;
    const then = this.#onIdle;
    this.#onIdle = undefined;
    then?.();
  }

  /** A protocol whose peer has closed would still send, when its connection is lost. */
  get #sendable(): boolean {
    return !this.#over && this.protocol.sendable;
  }

  /** Whether anything waits for the peer: what only waits for the end of the turn is no congestion. */
  #waits(): boolean {
    return this.#transmitter.blocked || this.#waitingBytes > 0;
  }

  /** Whether the hard cap is reached; what happens then is the policy's. */
  #isFull(): boolean {
    if (!this.#waits() || this.bufferedAmount <= this.#settings.maxBufferedAmount) return false;
    this.#congested = true;
    if (this.#settings.overflow === "close") this.#events.onOverflow();
    return true;
  }

  #sendNow(message: Sendable, compress: boolean | undefined): void {
    const { protocol } = this;
    if (typeof message === "string") {
      if (protocol.extension === undefined) protocol.sendText(message);
      else this.#sendTransformed("text", message, compress);
    } else if (message instanceof PreparedMessage) {
      this.#sendPrepared(message, compress);
    } else if (protocol.extension === undefined) {
      protocol.sendBinary(viewOf(message));
    } else {
      this.#sendTransformed("binary", message, compress);
    }
    this.#transmitter.flushSoon();
  }

  #sendPrepared(message: PreparedMessage, compress: boolean | undefined): void {
    const { protocol } = this;
    const { extension } = protocol;
    const wanted = extension?.wants(message.payload.length, compress) ?? false;
    // A long message is compressed for each in slices: at once it would hold up everything else.
    const shares = extension !== undefined && message.payload.length <= SHARED_SLICES * extension.decodeSlice;
    const compressed = wanted && shares && protocol.role === "server" ? message.compressed(extension) : undefined;
    if (compressed !== undefined) {
      extension?.forget?.();
      this.#transmitter.appendNow(compressed);
    } else if (protocol.role === "server" && !wanted) {
      this.#transmitter.appendNow(message.frame);
    } else {
      this.#sendBytes(message.kind, message.payload, wanted);
    }
  }

  #sendTransformed(kind: "text" | "binary", message: string | Bytes, compress: boolean | undefined): void {
    const { encodeSlice: slice = 0 } = this.protocol.extension ?? {};
    if (typeof message === "string") {
      if (message.length * 3 <= slice) this.protocol.sendText(message, compress);
      else this.#sendBytes(kind, encodeUtf8(message), compress);
    } else {
      // Slices are taken later, when the bytes are the caller's again.
      const bytes = viewOf(message);
      this.#sendBytes(kind, bytes.length > slice ? bytes.slice() : bytes, compress);
    }
  }

  #sendBytes(kind: "text" | "binary", payload: Uint8Array, compress: boolean | undefined): void {
    const { protocol } = this;
    const { extension } = protocol;
    if (
      extension !== undefined &&
      payload.length > extension.encodeSlice &&
      extension.wants(payload.length, compress)
    ) {
      this.#slowWay().sliced(kind, payload, extension);
    } else if (kind === "text") {
      protocol.beginMessage(kind, payload.length, compress);
      protocol.sendFragment(payload, true);
    } else {
      protocol.sendBinary(payload, compress);
    }
  }

  #belowHighWater(): boolean {
    if (!this.#waits() || this.bufferedAmount <= this.#settings.highWaterMark) return true;
    this.#congested = true;
    return false;
  }

  onProgress(): void {
    // Also where more waits: to a peer that reads slower than is sent something always does. One each time it took some.
    this.payPong();
    const { blocked, bufferedAmount } = this.#transmitter;
    if (!blocked || (!this.#takenAll && bufferedAmount <= this.#settings.lowWaterMark)) this.#tellTaken();
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#over || !this.#congested || (this.#waits() && this.bufferedAmount > this.#settings.lowWaterMark)) return;
    this.#congested = false;
    this.#wake();
    this.#events.onDrain();
  }

  #wake(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = undefined;
    for (const resolve of waiters ?? []) resolve();
  }
}

function sizeOf(message: string | Uint8Array | PreparedMessage): number {
  return message instanceof PreparedMessage ? message.payload.length : message.length;
}
