/**
 * A connection after the opening handshake: the protocol over a byte stream. Bytes come in from the channel, go through
 * the protocol into the inbox, and to the handlers; what is sent goes through the protocol into the transmitter.
 */
import type { CloseStatus, MessageExtension, ProtocolError, ProtocolHandler } from "@samewire/codec";
import { Protocol } from "@samewire/codec";
import type { Channel } from "./channel.ts";
import { CloseCode } from "./close-code.ts";
import type { CloseInfo } from "./close-info.ts";
import { type EngineOptions, type Face, protocolOptions } from "./engine-options.ts";
import { type ApplicationFault, runHandler, tellError } from "./handler-errors.ts";
import { Closing, type ClosingOwner } from "./lifecycle/closing.ts";
import { Keepalive, type KeepaliveOwner } from "./lifecycle/keepalive.ts";
import type { Message, OwnBytes } from "./message.ts";
import { Inbox, type InboxOwner } from "./receiving/inbox.ts";
import { ClosedWithin, IncomingStream, type Item, type StreamOwner, streamOf } from "./receiving/incoming-stream.ts";
import { Sender, type SenderEvents } from "./sending/sender.ts";
import type { SocketHandler } from "./socket.ts";
import { isThenable } from "./thenable.ts";

export class Engine<S extends Face>
  implements SocketHandler, ProtocolHandler, InboxOwner, StreamOwner, KeepaliveOwner, ClosingOwner, SenderEvents
{
  readonly protocol: Protocol;
  /** Only where a deadline, or memory to give back, asks for one. */
  readonly keepalive: Keepalive | undefined;
  /** The application's side; set right after construction. */
  face!: S;
  /** Called when the close information is there. */
  onInfo: ((info: CloseInfo) => void) | undefined;
  /** True while the engine has paused reading: too much waits to be handled, or the protocol has used up its turn. */
  paused = false;
  /** True once `open` has settled. */
  opened = false;

  readonly #options: EngineOptions<S>;
  readonly #channel: Channel;
  // Each is made when it is first asked for: of many connections, most are silent at a time.
  #inbox: Inbox | undefined;
  #sender: Sender | undefined;
  #closing: Closing | undefined;
  #stream: IncomingStream | undefined;
  #reading = false;
  /** A turn is asked for, in which the protocol reads on. */
  #turnWaits = false;
  /** What a handler has failed with last. */
  #told: ApplicationFault | undefined;
  /** The end of the stream, which is told when what came before it is read. */
  #held: (() => void) | undefined;

  /** @param extension the one that was agreed on, for this connection alone */
  constructor(options: EngineOptions<S>, channel: Channel, extension: MessageExtension | undefined) {
    const { environment, settings, handlers } = options;
    this.#options = options;
    this.#channel = channel;
    this.protocol = new Protocol(protocolOptions(options, channel.transmitter, extension), this);
    this.protocol.streaming = handlers.stream !== undefined;
    if (Keepalive.isWanted(settings) || extension !== undefined) {
      this.keepalive = new Keepalive(this, settings, environment.deadlines, environment.runtime.clock);
    }
    if (extension !== undefined) extension.user = this.keepalive;
  }

  get inbox(): Inbox {
    this.#inbox ??= new Inbox(this);
    return this.#inbox;
  }

  get sender(): Sender {
    this.#sender ??= new Sender(this.protocol, this.#channel.transmitter, this.#options, this);
    return this.#sender;
  }

  get closing(): Closing {
    this.#closing ??= new Closing(this, this.#channel, this.#options);
    return this.#closing;
  }

  /** Whether messages go to a handler once `open` has settled. */
  get handled(): boolean {
    const { message, stream } = this.#options.handlers;
    return message !== undefined || stream !== undefined;
  }

  /** Whether the application has closed. */
  get closeRequested(): boolean {
    return this.#closing?.requested === true;
  }

  /** How the connection ended, once it has. */
  get info(): CloseInfo | undefined {
    return this.#closing?.info;
  }

  /** Takes over the stream, with the bytes that came after the head, now ours; runs `open`, and then the handlers. */
  start(rest: Uint8Array): void {
    const { handlers } = this.#options;
    this.#channel.stage = this;
    this.#channel.transmitter.corked = true;
    const opened = this.#run(handlers.open);
    // A client asks for its messages from now on: what has come already does not count as handled before that.
    if (this.#options.role === "client") this.inbox.awaitFirst();
    if (opened === undefined) this.#onOpened();
    else opened.then(() => this.#onOpened());
    if (this.#channel.stage !== this) return;
    if (rest.length > 0) this.onBytes(rest, rest.length);
    else this.#afterReading();
    if (this.#channel.inputEnded && this.#channel.stage === this) this.onEnd();
  }

  // The stream's events.

  onBytes(chunk: Uint8Array, memory: number): void {
    const { transmitter } = this.#channel;
    this.keepalive?.onLife();
    this.#reading = true;
    transmitter.corked = true;
    this.protocol.receive(chunk, memory);
    this.#afterReading();
  }

  /** The end of a turn: what was sent in it leaves, reading pauses if too much waits. */
  #afterReading(): void {
    this.#reading = false;
    const room = Math.max(1, this.#options.settings.receiveHighWaterMark);
    // Once we have closed, the peer's Close frame is read for, and what comes before it is dropped.
    const full =
      this.#inbox !== undefined && this.#inbox.size >= room && this.protocol.state === "open" && !this.closeRequested;
    if ((this.protocol.suspended || full) && !this.paused) {
      this.paused = true;
      this.#channel.pause();
    }
    if (!full) this.#readOn();
    if (this.#held !== undefined) this.#tellEnd(this.#held);
    if (this.#inbox?.idle !== false) this.onInboxIdle();
    else this.#channel.transmitter.flushNextTurn();
  }

  /** A message that an extension transforms has used up its turn: asks for the next, once. */
  #readOn(): void {
    if (!this.protocol.suspended || this.#turnWaits) return;
    this.#turnWaits = true;
    this.#options.environment.turns.addLong(this);
  }

  /** The protocol's next turn after it was suspended. */
  runTurn(): void {
    this.#turnWaits = false;
    if (this.#channel.stage !== this) return;
    this.#reading = true;
    this.#channel.transmitter.corked = true;
    this.protocol.resume();
    this.#afterReading();
    this.onInboxRelief();
  }

  onWritable(): void {
    if (this.#channel.transmitter.peerTook) this.keepalive?.onLife();
    this.#channel.transmitter.onWritable();
  }

  onEnd(): void {
    this.#tellEnd(() => this.closing.onEnd());
  }

  onClose(reason?: Error): void {
    this.#tellEnd(() => this.closing.onGone(reason));
  }

  /**
   * What was received before the stream ended is read before that is told, though it takes turns. Only for a socket that
   * is gone no application is waited for: what it has no room for is lost, as is what a reset finds in the kernel.
   */
  #tellEnd(tell: () => void): void {
    const waits = this.protocol.suspended && (this.#turnWaits || !this.#channel.closed);
    this.#held = waits ? tell : undefined;
    if (!waits) tell();
  }

  // The protocol's events.

  onMessage(message: string | Uint8Array): void {
    this.keepalive?.onDelivery();
    // After our own close() nobody waits for messages any more.
    if (!this.closeRequested) this.inbox.push(message as Message);
  }

  onStreamStart(text: boolean): void {
    this.#stream = new IncomingStream(text ? "text" : "binary", this, this.#options.settings.maxMessageSize);
    // As for messages.
    if (this.closeRequested) this.#stream.cancel();
    else this.inbox.push(this.#stream);
  }

  onStreamChunk(chunk: Uint8Array): void {
    this.keepalive?.onDelivery();
    this.inbox.size += (this.#stream as IncomingStream).push(chunk as OwnBytes);
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
    this.keepalive?.onPong(payload);
    const { pong } = this.#options.handlers;
    if (pong !== undefined) this.#run(pong, payload.slice());
  }

  onCloseFrame(status: CloseStatus): void {
    this.closing.onCloseFrame(status);
  }

  onFault(error: ProtocolError): void {
    this.#stream?.fail(error);
    this.closing.onFault(error);
  }

  // The inbox's events.

  dispatch(item: Item): unknown {
    const { handlers } = this.#options;
    if (handlers.message !== undefined) return handlers.message(this.face, item as Message);
    // Whole where it began while somebody asked for messages, within `open`.
    const stream = item instanceof IncomingStream ? item : streamOf(item, this);
    const result = handlers.stream?.(this.face, stream);
    // What the handler left unread must not hold the next message back.
    if (isThenable(result)) return Promise.resolve(result).then(() => stream.drop());
    stream.drop();
    return undefined;
  }

  onHandlerError(error: unknown): void {
    // A handler rejects with what broke off what it sends, which was told already, or what it reads: its own close.
    if ((this.#told !== undefined && this.#told.error === error) || error instanceof ClosedWithin) return;
    this.#told = { error };
    tellError(this.#options.handlers, this.face, error);
    // That the peer broke off what the handler was reading is the peer's doing: it gets the answer that it is owed.
    const broken = this.#stream?.failure;
    if (broken === undefined || error !== broken) this.closing.close(CloseCode.INTERNAL_ERROR, "");
  }

  onInboxIdle(): void {
    if (this.#reading) return;
    this.#channel.transmitter.uncork();
    this.#closing?.onIdle();
  }

  /** The next message is one that somebody asks for, or the handler's: shown as they want it, from its first byte. */
  onWantedChange(): void {
    const { wanted } = this.inbox;
    const streaming = wanted === undefined ? this.#options.handlers.stream !== undefined : wanted === "stream";
    if (this.protocol.streaming !== streaming) this.protocol.streaming = streaming;
  }

  nextTurn(): Promise<void> {
    return this.#options.environment.turns.nextTurn();
  }

  onInboxRelief(): void {
    if (!this.paused || this.inbox.size * 2 > this.#options.settings.receiveHighWaterMark) return;
    if (this.protocol.suspended) {
      this.#readOn();
      return;
    }
    this.paused = false;
    this.#channel.resume();
  }

  onConsumed(size: number): void {
    this.inbox.size -= size;
    this.onInboxRelief();
  }

  // The sender's events.

  onDrain(): void {
    this.#run(this.#options.handlers.drain);
  }

  onOverflow(): void {
    this.closing.close(CloseCode.TRY_AGAIN_LATER, "send buffer full");
  }

  // The keepalive's events.

  onDead(): void {
    this.closing.cutOff(new Error("the peer did not answer a Ping within pongTimeout"));
  }

  onExpired(code: number, reason: string): void {
    this.closing.close(code, reason);
  }

  release(): void {
    this.protocol.extension?.idle();
  }

  // The closing handshake's events.

  onRequested(): void {
    this.#inbox?.discard();
    this.#stream?.fail(new ClosedWithin());
  }

  onLeaving(): void {
    this.#stream?.fail(this.info?.error ?? new Error("the connection ended within a message"));
    // The peer answers no Ping any more, and is not idle: it waits for us.
    this.keepalive?.stop();
    this.face.onLeft();
  }

  onFinished(info: CloseInfo): void {
    this.keepalive?.stop();
    this.protocol.extension?.release();
    this.onInfo?.(info);
  }

  announce(info: CloseInfo): void {
    this.#run(this.#options.handlers.close, info);
    this.#options.book?.onOver(this);
  }

  /** Closes the stream at once, without a closing handshake. */
  terminate(): void {
    this.inbox.discard();
    this.closing.cutOff(undefined);
  }

  #onOpened(): void {
    this.opened = true;
    if (this.handled) this.#inbox?.startHandling();
    if (this.#inbox?.idle !== false) this.onInboxIdle();
  }

  #run<A extends readonly unknown[]>(
    handler: ((socket: S, ...args: A) => unknown) | undefined,
    ...args: A
  ): PromiseLike<unknown> | undefined {
    const { handlers } = this.#options;
    return handler && runHandler(handler, handlers, this.face, args, (error) => this.onHandlerError(error));
  }
}
