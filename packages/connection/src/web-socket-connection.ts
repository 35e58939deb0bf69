import {
  type AgreedExtension,
  closePayload,
  type ExtensionDeclined,
  encodeUtf8,
  type HeaderFields,
  UsageError,
} from "@samewire/codec";
import { checkOption, checkSignal } from "./check-option.ts";
import type { CloseInfo } from "./close-info.ts";
import type { Engine } from "./engine.ts";
import { type Bytes, isBytes, type Message, viewOf } from "./message.ts";
import { PreparedMessage } from "./prepared-message.ts";
import { IncomingStream } from "./receiving/incoming-stream.ts";
import type { Sendable, SendableStream, SendOptions } from "./sendable.ts";
import type { PeerInfo, Socket } from "./socket.ts";

/** What the opening handshake has settled. */
export interface Opening<C> {
  readonly context: C;
  /** Path and query of the request. */
  readonly target: string;
  /** The other side's header fields: the request's on a server, the response's on a client. */
  readonly headers: HeaderFields;
  readonly subprotocol: string;
  readonly socket: Socket;
  readonly declined: readonly ExtensionDeclined[];
}

/** Joins and leaves topics on behalf of a connection. */
export interface Subscriptions<C> {
  subscribe(socket: WebSocketConnection<C>, topic: string): void;
  unsubscribe(socket: WebSocketConnection<C>, topic: string): void;
}

const NO_PAYLOAD = new Uint8Array(0);
const NO_CALLBACK = "what follows a message is an object of options: no callback";

/** Nearly all connections of a process have the same answer, and each keeps it: one list for those in a row. */
let lastDeclined: readonly ExtensionDeclined[] = [];

function sharedList(declined: readonly ExtensionDeclined[]): readonly ExtensionDeclined[] {
  const isLast =
    declined.length === lastDeclined.length &&
    declined.every(({ extension, reason }, i) => {
      const other = lastDeclined[i] as ExtensionDeclined;
      return extension === other.extension && reason === other.reason;
    });
  if (!isLast) lastDeclined = declined;
  return lastDeclined;
}

/** A WebSocket connection as the application sees it: the same in both roles and on every runtime. */
export class WebSocketConnection<C = undefined> implements AsyncIterable<Message> {
  /** What `upgrade` returned as `context`. */
  readonly context: C;
  /** Path and query of the request. */
  readonly target: string;
  /** The header fields of the other side's head: on a server the request's, on a client the response's. */
  readonly headers: HeaderFields;
  /** The subprotocol in use (RFC 6455 section 1.9), or an empty string. */
  readonly subprotocol: string;
  /** Extensions that one side named and that are not in use, each with the reason. */
  readonly declinedExtensions: readonly ExtensionDeclined[];

  readonly #engine: Engine<WebSocketConnection<C>>;
  readonly #socket: Socket;
  readonly #subscriptions: Subscriptions<C> | undefined;
  #controller: AbortController | undefined;
  #closed: Promise<CloseInfo> | undefined;
  #left = false;

  /** @internal */
  constructor(
    engine: Engine<WebSocketConnection<C>>,
    opening: Opening<C>,
    subscriptions: Subscriptions<C> | undefined,
  ) {
    this.#engine = engine;
    this.#socket = opening.socket;
    this.#subscriptions = subscriptions;
    this.context = opening.context;
    this.target = opening.target;
    this.headers = opening.headers;
    this.subprotocol = opening.subprotocol;
    this.declinedExtensions = sharedList(opening.declined);
  }

  /** @internal The peer has closed, or the connection is lost. */
  onLeft(): void {
    this.#left = true;
    this.#controller?.abort();
  }

  /** Who is at the other end: the same when the connection is over. */
  get peer(): PeerInfo {
    return this.#socket.peer();
  }

  /**
   * `open` until a Close frame is sent or received, `closing` until the outcome is known, then `closed`. While what came
   * before the peer's Close frame is handled, the state is `closing`, and replies to it are still sent.
   */
  get state(): "open" | "closing" | "closed" {
    if (this.#engine.info !== undefined) return "closed";
    return this.#engine.protocol.state === "open" && !this.#engine.closeRequested ? "open" : "closing";
  }

  /** The extensions in use (RFC 6455 section 9.1), with their parameters as agreed and the engine that carries them out. */
  get extensions(): readonly AgreedExtension[] {
    const { extension } = this.#engine.protocol;
    return extension === undefined ? [] : [extension.agreed];
  }

  /**
   * Bytes accepted by `send` that the runtime has not taken yet, frame headers included; a message that waits behind one that
   * takes several turns, such as a stream, counts 256 more.
   */
  get bufferedAmount(): number {
    return this.#engine.sender.bufferedAmount;
  }

  /** Milliseconds from the last keepalive Ping to its Pong; undefined before the first (see `pingInterval`). */
  get roundTripTime(): number | undefined {
    return this.#engine.keepalive?.roundTripTime;
  }

  /** Aborts when the peer has sent its Close frame, or the connection is lost or closed. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#left && !this.#controller.signal.aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Resolves when the outcome of the connection is known. Never rejects. */
  get closed(): Promise<CloseInfo> {
    const engine = this.#engine;
    this.#closed ??=
      engine.info !== undefined
        ? Promise.resolve(engine.info)
        : new Promise((resolve) => {
            engine.onInfo = resolve;
          });
    return this.#closed;
  }

  /**
   * Sends one message: a string as text, bytes as binary (RFC 6455 section 5.6). A lone surrogate becomes U+FFFD. Bytes
   * may be changed after the call unless there are more than 16 KiB of them and `bufferedAmount` is not 0 yet: what the
   * runtime could not take at once is sent from your memory.
   *
   * A stream is sent as one fragmented message, each part as soon as there is room (section 5.4); other messages wait
   * behind it.
   *
   * @returns for a message: true while what waits is below the high-water mark; false above it, and, dropped, on a
   *   connection that is closing or closed. For a stream: a promise that resolves when its last part was accepted and
   *   rejects when it could not be sent whole; where the connection was lost, `cause` says why.
   * @throws UsageError if it is neither a message nor a stream
   */
  send(message: Sendable, options?: SendOptions): boolean;
  send(stream: SendableStream, options?: SendOptions): Promise<void>;
  send(either: Sendable | SendableStream, options?: SendOptions): boolean | Promise<void>;
  send(message: Sendable | SendableStream, options?: SendOptions): boolean | Promise<void> {
    const { sender } = this.#engine;
    checkOption(options === undefined || typeof options === "object", NO_CALLBACK, options);
    // A prepared message has many receivers: it is told apart before it is searched for what makes a stream.
    const known = typeof message === "string" || message instanceof Uint8Array || message instanceof PreparedMessage;
    return !known && isStream(message)
      ? sender.stream(message, kindOf(message), options)
      : sender.send(message, options);
  }

  /**
   * Resolves when there is room: at once while no more than the high-water mark waits to be sent, else when that has
   * fallen to the low-water mark; also when the connection ends.
   */
  drained(): Promise<void> {
    return this.#engine.sender.drained();
  }

  /** Sends a Ping (section 5.5.2). @returns as `send` does @throws UsageError on more than 125 bytes */
  ping(payload: string | Bytes = NO_PAYLOAD): boolean {
    return this.#engine.sender.ping(controlPayload(payload));
  }

  /** Sends a Pong, asked for or not (section 5.5.3). @returns as `send` does @throws UsageError on more than 125 bytes */
  pong(payload: string | Bytes = NO_PAYLOAD): boolean {
    return this.#engine.sender.pong(controlPayload(payload));
  }

  /**
   * The next message; undefined when the connection is closed and everything received was taken. To be called within
   * `open`, or where there is no handler for messages. When `signal` aborts, it rejects with its reason and takes none.
   *
   * @throws UsageError (rejects) if messages go to the handler
   * @throws RangeError (rejects) on a message over `maxMessageSize` that began to arrive while streams were asked for; it
   *   is dropped
   */
  async receive(options?: { readonly signal?: AbortSignal | undefined }): Promise<Message | undefined> {
    checkSignal(options?.signal);
    return this.#engine.inbox.receive("message", options?.signal);
  }

  /**
   * The messages until the connection is closed. Breaking out of the loop leaves the connection open.
   *
   * @throws UsageError and RangeError as {@link receive} does
   */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return this.#engine.inbox.iterate();
  }

  /**
   * The next message as a stream of chunks, also within one frame; undefined when the connection is closed. A message
   * that has arrived whole before the call comes as a single chunk.
   *
   * @throws UsageError (rejects) if messages go to the handler
   */
  receiveStream(): Promise<IncomingStream | undefined> {
    return this.#engine.inbox.receive("stream");
  }

  /**
   * Starts the closing handshake (section 7.1.2) once everything accepted has been sent, and resolves with the outcome.
   * What was received and not handled yet is dropped. Nothing changes on a connection that is closing already.
   *
   * @param code 1000-1003, 1007-1014 or 3000-4999 (section 7.4). Default 1000
   * @param reason at most 123 bytes of UTF-8
   * @throws UsageError on any other code, or a longer reason; the connection is then as before
   */
  close(code = 1000, reason = ""): Promise<CloseInfo> {
    closePayload(code, reason);
    this.#engine.closing.close(code, reason);
    return this.closed;
  }

  /** Closes TCP at once, without a closing handshake: the peer sees the connection lost (1006). */
  terminate(): void {
    this.#engine.terminate();
  }

  /** From now on receives what is published to `topic`, until the connection ends. Idempotent. @throws UsageError on a client */
  subscribe(topic: string): void {
    this.#topics().subscribe(this, topic);
  }

  /** No longer receives what is published to `topic`. Idempotent. @throws UsageError on a client */
  unsubscribe(topic: string): void {
    this.#topics().unsubscribe(this, topic);
  }

  #topics(): Subscriptions<C> {
    if (this.#subscriptions !== undefined) return this.#subscriptions;
    throw new UsageError("client-topics", "topics are a server's");
  }
}

/** What a message that is received and sent on as a stream is: its parts are bytes, also those of a text. */
function kindOf(source: SendableStream): "text" | "binary" | undefined {
  return source instanceof IncomingStream ? source.kind : undefined;
}

function isStream(message: unknown): message is SendableStream {
  return (
    typeof message === "object" &&
    message !== null &&
    typeof (message as SendableStream)[Symbol.asyncIterator] === "function"
  );
}

function controlPayload(payload: string | Bytes): Uint8Array {
  if (typeof payload === "string") return encodeUtf8(payload);
  if (isBytes(payload)) return viewOf(payload);
  throw new UsageError("message-type", "a payload is a string or bytes");
}
