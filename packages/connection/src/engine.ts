/**
 * A connection after the opening handshake: the protocol over a byte stream. Bytes come in from the channel, go through
 * the protocol into the inbox, and to the handlers; what is sent goes through the protocol into the transmitter.
 */
import { type CloseStatus, encodeUtf8, Protocol, type ProtocolError, type ProtocolHandler } from "@samewire/codec";
import type { Channel } from "./channel.ts";
import { CloseCode } from "./close-code.ts";
import type { EngineOptions, Face } from "./engine-options.ts";
import { Closing, type ClosingOwner } from "./lifecycle/closing.ts";
import { Keepalive, type KeepaliveOwner } from "./lifecycle/keepalive.ts";
import type { CloseInfo } from "./message.ts";
import { Inbox, type InboxOwner, type Item, isThenable } from "./receiving/inbox.ts";
import { IncomingStream, type StreamOwner } from "./receiving/incoming-stream.ts";
import { Sender, type SenderEvents } from "./sending/sender.ts";
import type { SocketHandler } from "./socket.ts";

export class Engine<S extends Face>
  implements SocketHandler, ProtocolHandler, InboxOwner, StreamOwner, KeepaliveOwner, ClosingOwner, SenderEvents
{
  readonly protocol: Protocol;
  readonly sender: Sender;
  readonly inbox: Inbox;
  readonly keepalive: Keepalive;
  readonly closing: Closing;
  /** The application's side of this connection; set right after construction. */
  face!: S;
  /** Called when the close information is there. */
  onInfo: ((info: CloseInfo) => void) | undefined;
  /** True while reading is paused for the application's sake. */
  paused = false;

  readonly #options: EngineOptions<S>;
  readonly #channel: Channel;
  readonly #watches: boolean;
  #stream: IncomingStream | undefined;
  #reading = false;

  constructor(options: EngineOptions<S>) {
    const { role, channel, environment, settings, extension, handlers } = options;
    this.#options = options;
    this.#channel = channel;
    this.#watches = Keepalive.watches(settings);
    this.protocol = new Protocol(
      {
        role,
        outlet: channel.transmitter,
        nextMaskKey: role === "client" ? environment.maskKeys.next : undefined,
        limits: { maxMessageSize: settings.maxMessageSize, maxStreamSize: settings.maxStreamSize },
        extension,
        autoPong: false,
        autoClose: false,
        decodeText: environment.runtime.decodeText,
      },
      this,
    );
    this.protocol.streaming = handlers.stream !== undefined;
    this.inbox = new Inbox(this);
    this.closing = new Closing(this, channel, environment.deadlines, settings.closeTimeout);
    this.keepalive = new Keepalive(this, settings, environment.deadlines, environment.runtime.clock);
    this.sender = new Sender(this.protocol, channel.transmitter, environment, settings, this);
  }

  /** Takes over the stream, with the bytes that came after the head; runs `open`, and then the handlers. */
  start(rest: Uint8Array): void {
    const { handlers } = this.#options;
    this.#channel.stage = this;
    // What `open` sends leaves with the 101 response.
    this.#channel.transmitter.corked = true;
    const opened = this.#run(handlers.open);
    if (opened === undefined) this.#onOpened();
    else opened.then(() => this.#onOpened());
    if (this.#channel.stage === this) this.#begin(rest);
  }

  #begin(rest: Uint8Array): void {
    if (rest.length > 0) this.onBytes(rest, rest.buffer.byteLength);
    else this.#afterReading();
    if (this.#channel.inputEnded && this.#channel.stage === this) this.onEnd();
  }

  // The stream's events.

  onBytes(chunk: Uint8Array, memory: number): boolean {
    const { transmitter } = this.#channel;
    if (this.#watches) this.keepalive.received = this.#options.environment.runtime.clock.now();
    this.#reading = true;
    transmitter.corked = true;
    const kept = this.protocol.receive(chunk, memory);
    this.#afterReading();
    return kept;
  }

  /** The end of a turn: what was sent in it leaves, reading pauses if too much waits. */
  #afterReading(): void {
    const { transmitter } = this.#channel;
    this.#reading = false;
    if (this.protocol.suspended) {
      this.#pause();
      this.#options.environment.turns.add(this);
    } else if (this.inbox.size >= this.#options.settings.receiveHighWaterMark && this.protocol.state === "open") {
      this.#pause();
    }
    if (this.inbox.idle) this.onInboxIdle();
    else transmitter.flushNextTurn();
  }

  /** A message that an extension transforms has used up its turn: the next begins. */
  runTurn(): void {
    if (this.#channel.stage !== this) return;
    this.#reading = true;
    this.#channel.transmitter.corked = true;
    this.protocol.resume();
    this.#afterReading();
    this.onInboxRelief();
  }

  onWritable(): void {
    this.#channel.transmitter.onWritable();
  }

  onEnd(): void {
    this.closing.onEnd();
  }

  onClose(reason?: Error): void {
    this.closing.onGone(reason);
  }

  // The protocol's events.

  onMessage(message: string | Uint8Array): void {
    if (this.#watches) this.keepalive.delivered = this.keepalive.received;
    if (this.protocol.extension !== undefined) this.keepalive.used();
    // After our own close() nobody waits for messages any more.
    if (!this.closing.requested) this.inbox.push(message);
  }

  onStreamStart(text: boolean): void {
    this.#stream = new IncomingStream(text ? "text" : "binary", this, this.#options.settings.maxMessageSize);
    this.inbox.push(this.#stream);
  }

  onStreamChunk(chunk: Uint8Array): void {
    if (this.#watches) this.keepalive.delivered = this.keepalive.received;
    this.inbox.size += (this.#stream as IncomingStream).push(chunk);
  }

  onStreamEnd(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  onPing(payload: Uint8Array): void {
    if (this.#options.settings.autoPong) this.sender.answerPing(payload);
    const { ping } = this.#options.handlers;
    if (ping !== undefined) this.#run(ping, payload.slice());
  }

  onPong(payload: Uint8Array): void {
    this.keepalive.onPong(payload);
    const { pong } = this.#options.handlers;
    if (pong !== undefined) this.#run(pong, payload.slice());
  }

  onCloseFrame(status: CloseStatus): void {
    this.closing.onCloseFrame(status);
  }

  onFault(error: ProtocolError): void {
    this.closing.onFault(error);
  }

  // The inbox's events.

  dispatch(item: Item): unknown {
    const { handlers } = this.#options;
    if (!(item instanceof IncomingStream)) return handlers.message?.(this.face, item);
    const result = handlers.stream?.(this.face, item);
    // What the handler left unread must not hold the next message back.
    if (isThenable(result)) return result.then(() => item.cancel());
    item.cancel();
    return undefined;
  }

  onHandlerError(error: unknown): void {
    if (this.#options.handlers.error !== undefined) {
      try {
        const result = this.#options.handlers.error(this.face, error);
        if (isThenable(result)) result.then(undefined, ignore);
      } catch {
        // An error handler that fails has nobody left to tell; the connection closes all the same.
      }
    }
    this.closing.close(CloseCode.INTERNAL_ERROR, "");
  }

  onInboxIdle(): void {
    if (this.#reading) return;
    this.#channel.transmitter.uncork();
    this.closing.onIdle();
  }

  nextTurn(): Promise<void> {
    return this.sender.nextTurn();
  }

  onInboxRelief(): void {
    if (!this.paused || this.protocol.suspended) return;
    if (this.inbox.size * 2 > this.#options.settings.receiveHighWaterMark) return;
    this.paused = false;
    this.#channel.socket.resume();
  }

  onConsumed(bytes: number): void {
    this.inbox.size -= bytes;
    this.onInboxRelief();
  }

  // The sender's events.

  onDrain(): void {
    this.#run(this.#options.handlers.drain);
  }

  onOverflow(): void {
    this.closing.close(CloseCode.TRY_AGAIN_LATER, "send buffer full");
  }

  onBrokenOff(error: unknown): void {
    this.onHandlerError(error);
  }

  onUsed(): void {
    this.keepalive.used();
  }

  // The keepalive's events.

  sendPing(payload: Uint8Array): void {
    this.sender.ping(payload);
  }

  onDead(): void {
    this.closing.finish(new Error("the peer did not answer a Ping within pongTimeout"));
    this.#channel.socket.destroy();
  }

  onExpired(reason: string): void {
    this.closing.close(CloseCode.GOING_AWAY, reason);
  }

  release(): void {
    this.protocol.extension?.idle();
  }

  // The closing handshake's events.

  onLeaving(): void {
    this.face.onLeft();
  }

  onFinished(info: CloseInfo): void {
    this.keepalive.stop();
    this.protocol.extension?.release();
    this.#stream?.fail(info.error ?? new Error("the connection was lost within a message"));
    this.onInfo?.(info);
  }

  announce(info: CloseInfo): void {
    this.#run(this.#options.handlers.close, info);
    this.#options.book?.onOver(this.face);
  }

  /** The next message as a stream; see the connection. */
  async receiveStream(): Promise<IncomingStream | undefined> {
    const { protocol } = this;
    protocol.streaming = true;
    try {
      const item = await this.inbox.receive();
      if (item === undefined || item instanceof IncomingStream) return item;
      const stream = new IncomingStream(typeof item === "string" ? "text" : "binary", this, Number.POSITIVE_INFINITY);
      const bytes = typeof item === "string" ? encodeUtf8(item) : item;
      if (bytes.length > 0) this.inbox.size += stream.push(bytes);
      stream.end();
      return stream;
    } finally {
      protocol.streaming = this.#options.handlers.stream !== undefined;
    }
  }

  /** Closes the stream at once, without a closing handshake. */
  terminate(): void {
    this.closing.finish(undefined);
    this.#channel.socket.destroy();
  }

  #onOpened(): void {
    const { handlers } = this.#options;
    this.closing.onOpened();
    if (handlers.message !== undefined || handlers.stream !== undefined) this.inbox.startHandling();
    if (this.inbox.idle) this.onInboxIdle();
  }

  #pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.#channel.socket.pause();
  }

  /** Runs a handler; what goes wrong in it is reported. Gives the promise that never rejects, if it made one. */
  #run<A extends readonly unknown[]>(
    handler: ((socket: S, ...args: A) => unknown) | undefined,
    ...args: A
  ): PromiseLike<unknown> | undefined {
    if (handler === undefined) return undefined;
    try {
      const result = handler.call(this.#options.handlers, this.face, ...args);
      return isThenable(result) ? result.then(undefined, (error) => this.onHandlerError(error)) : undefined;
    } catch (error) {
      this.onHandlerError(error);
      return undefined;
    }
  }
}

const ignore = (): void => {};
