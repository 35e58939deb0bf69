import type { HandshakeError, MessageExtension, RequestHead, ServerExtension } from "@samewire/codec";
import { Channel, type ChannelOwner } from "./channel.ts";
import { checkOption } from "./check-option.ts";
import { serverCompression } from "./compression/compression-policy.ts";
import { Engine } from "./engine.ts";
import type { EngineOptions } from "./engine-options.ts";
import { Environment } from "./environment.ts";
import type { ApplicationFault } from "./handler-errors.ts";
import type { Bytes } from "./message.ts";
import { refuse } from "./opening/refusal.ts";
import { type OpeningHost, ServerOpening } from "./opening/server-opening.ts";
import type { ServerPolicy } from "./options.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import type { Runtime } from "./runtime.ts";
import { checkServer } from "./server-checks.ts";
import type { ServerHandlers } from "./server-handlers.ts";
import type { Settings } from "./settings.ts";
import type { Socket, SocketHandler } from "./socket.ts";
import { Topics } from "./topics.ts";
import { type Opening, WebSocketConnection } from "./web-socket-connection.ts";

/** What `serve` is given, but for how to listen. A `context` that is never undefined has to come from `upgrade`. */
export type ServerOptions<C> = ServerHandlers<C> &
  ServerPolicy &
  (undefined extends C ? unknown : Required<Pick<ServerHandlers<C>, "upgrade">>);

/** What became of the connections when a server was drained. */
export interface DrainReport {
  /** Connections that ended by themselves or by the closing handshake. */
  readonly closed: number;
  /** Connections that were still there and were cut off, at the deadline, or before it by `close` or another drain. */
  readonly terminated: number;
}

/** This many streams may linger where `maxConnections` is less: enough for nearly every client that is refused to read why. */
const LEAST_LINGERING = 64;

/** How long `drain` waits if it is not told, in milliseconds. */
const DRAIN_DEADLINE = 10_000;

/** A server without its listener: every stream an adapter accepts is handed to it. */
export class ServerCore<C> implements OpeningHost<C>, ChannelOwner {
  readonly handlers: ServerHandlers<C>;
  readonly policy: ServerPolicy;
  readonly settings: Settings;
  readonly environment: Environment;
  readonly extensions: readonly ServerExtension[];
  readonly #connections = new Set<Engine<WebSocketConnection<C>>>();
  // Every stream there is is in one of these three.
  /** Streams in their opening handshake, or open. */
  readonly #active = new Set<Channel>();
  /** Streams in their last stage, the oldest first. */
  readonly #lingering = new Set<Channel>();
  /** Streams that were destroyed, and whose `onClose` has not come. */
  readonly #cutOff = new Set<Channel>();
  readonly #topics = new Topics<C>();
  readonly #engineOptions: EngineOptions<WebSocketConnection<C>>;
  #draining = false;
  /** How many connections were cut off so far, by whichever drain or call. */
  #terminated = 0;
  /** Each `drain` that waits, with the streams that were there when it began and are not gone yet. */
  readonly #drains = new Set<{ readonly streams: Set<Channel>; readonly end: () => void }>();

  /** @throws UsageError if an option is not what it must be */
  constructor(options: ServerOptions<C>, runtime: Runtime) {
    this.settings = checkServer(options);
    this.handlers = options;
    this.policy = options;
    this.environment = new Environment(runtime);
    this.extensions = serverCompression(this.settings.compression, this.settings.maxMessageSize, runtime);
    const { environment, settings, handlers } = this;
    this.#engineOptions = { role: "server", environment, settings, handlers, book: this };
  }

  /** The open connections, and those that are over while a handler of theirs still runs. A new set at each access. */
  get connections(): ReadonlySet<WebSocketConnection<C>> {
    return new Set([...this.#connections].map(({ face }) => face));
  }

  /** How many connections are open. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  get unavailable(): string | undefined {
    // The opening that asks is one of them.
    return this.#unavailableBeside(this.#active.size - 1);
  }

  /** @param others how many streams there are beside the one it is about */
  #unavailableBeside(others: number): string | undefined {
    if (this.#draining) return "The server is closing.";
    return others >= this.#most ? "The server has too many connections." : undefined;
  }

  get #most(): number {
    return this.policy.maxConnections ?? Infinity;
  }

  /** How many streams may linger: nobody waits for their places, but each costs a file descriptor. */
  get #mostLingering(): number {
    return Math.max(this.#most, LEAST_LINGERING);
  }

  /** Whether the server is closing, or has closed. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Takes a fresh byte stream: the opening handshake is read from it. */
  accept(socket: Socket): SocketHandler {
    const channel = new Channel(socket, this.environment.turns, this);
    const unavailable = this.#unavailableBeside(this.#active.size);
    if (unavailable === undefined) {
      this.#begin(channel);
    } else if (this.#lingering.size < this.#mostLingering) {
      // Not even the head is read: whoever opens streams without end must not cost more than this.
      channel.transmitter.append(refuse(503, {}, `${unavailable}\n`).bytes);
      channel.linger(this.environment.deadlines, this.settings.closeTimeout);
    } else {
      this.#cut(channel);
    }
    return channel;
  }

  /**
   * Takes a stream whose request head was parsed already; `rest` are the bytes after it.
   *
   * @param failed what the application threw when it was asked about this request: answered with 500, and reported
   */
  upgrade(
    head: RequestHead | HandshakeError,
    rest: Uint8Array,
    socket: Socket,
    failed?: ApplicationFault,
  ): SocketHandler {
    const channel = new Channel(socket, this.environment.turns, this);
    this.#begin(channel).begin(head, rest, failed);
    return channel;
  }

  onAccepted(channel: Channel, opening: Opening<C>, extension: MessageExtension | undefined, rest: Uint8Array): void {
    const engine: Engine<WebSocketConnection<C>> = new Engine(this.#engineOptions, channel, extension);
    engine.face = new WebSocketConnection(engine, opening, this.#topics);
    this.#connections.add(engine);
    engine.start(rest);
  }

  /** @internal A connection is over. */
  onOver(engine: Engine<WebSocketConnection<C>>): void {
    this.#connections.delete(engine);
    this.#topics.leaveAll(engine.face);
  }

  /** @internal A stream lingers: it is no connection any more. */
  onLinger(channel: Channel): void {
    this.#active.delete(channel);
    this.#lingering.add(channel);
    if (this.#lingering.size <= this.#mostLingering) return;
    const oldest = this.#lingering.values().next().value as Channel;
    this.#lingering.delete(oldest);
    this.#cut(oldest);
  }

  /** @internal A stream is gone. */
  onGone(channel: Channel): void {
    for (const streams of [this.#active, this.#lingering, this.#cutOff]) streams.delete(channel);
    for (const { streams, end } of this.#drains) if (streams.delete(channel) && streams.size === 0) end();
  }

  /** Sends a message to all that subscribed to `topic`, encoded once; returns to how many. */
  publish(topic: string, message: string | Bytes | PreparedMessage): number {
    return this.#topics.publish(topic, message);
  }

  /**
   * Refuses new connections with 503, closes the open ones with 1001, ends streams that have sent nothing yet, and waits
   * until all streams are gone or the deadline, in milliseconds, has passed; then cuts off those that are left.
   */
  async drain(options: { readonly deadline?: number | undefined } = {}): Promise<DrainReport> {
    checkOption(typeof options === "object" && options !== null, "drain takes an object of options", options);
    const { deadline = DRAIN_DEADLINE } = options;
    checkOption(typeof deadline === "number" && deadline >= 0, "deadline is a number from 0 on", deadline);
    this.#draining = true;
    const before = this.#connections.size;
    const terminatedBefore = this.#terminated;
    for (const engine of this.#connections) engine.closing.close(1001, "");
    for (const { stage } of this.#active) if (stage instanceof ServerOpening) stage.dismiss();
    await this.#gone(deadline);
    this.terminate();
    // By another drain with an earlier deadline, too, or by `close`.
    const terminated = this.#terminated - terminatedBefore;
    return { closed: before - terminated, terminated };
  }

  /** Cuts off every connection and every other stream, at once. */
  terminate(): void {
    this.#draining = true;
    for (const engine of this.#connections) {
      // Those that are over are still in the book while their handlers run.
      if (engine.info === undefined) this.#terminated++;
      engine.terminate();
    }
    for (const channel of [...this.#active, ...this.#lingering]) channel.socket.destroy();
  }

  /** Resolves when the streams that there are now are gone: those that still come, to be refused, are not waited for. */
  async #gone(delay: number): Promise<void> {
    const streams = new Set([...this.#active, ...this.#lingering, ...this.#cutOff]);
    if (streams.size === 0) return;
    const { deadlines } = this.environment;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#drains.delete(drain);
        deadlines.disarm(deadline);
        resolve();
      };
      const drain = { streams, end };
      const deadline = deadlines.arm({ onDeadline: end }, "drain", delay);
      this.#drains.add(drain);
    });
  }

  #cut(channel: Channel): void {
    this.#cutOff.add(channel);
    channel.socket.destroy();
  }

  #begin(channel: Channel): ServerOpening<C> {
    this.#active.add(channel);
    return new ServerOpening(this, channel);
  }
}
