/** `connect` without its transport: what an adapter's `connect` passes its way of dialling to. */
import { createRequest, UsageError } from "@samewire/codec";
import { Channel } from "./channel.ts";
import { checkHandlers, checkOption, checkSignal, checkSubprotocols } from "./check-option.ts";
import type { ClientHandlers } from "./client-handlers.ts";
import { clientCompression } from "./compression/compression-policy.ts";
import type { Dial } from "./dial.ts";
import { Engine } from "./engine.ts";
import { clientEnvironment, type Environment } from "./environment.ts";
import { FirstTurn } from "./lifecycle/first-turn.ts";
import { checkedHeaders } from "./opening/checked-headers.ts";
import { ClientOpening, type OpeningOutcome, type SentRequest } from "./opening/client-opening.ts";
import { ConnectError } from "./opening/connect-error.ts";
import { parseTarget } from "./opening/target.ts";
import type { ClientOptions, TlsOptions } from "./options.ts";
import type { Runtime } from "./runtime.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import type { Accept } from "./socket.ts";
import { checkClientTls } from "./tls-checks.ts";
import { WebSocketConnection } from "./web-socket-connection.ts";

/** The options of `connect`, but for what only one runtime has. */
export interface ConnectOptions extends ClientOptions, ClientHandlers {
  /** For `wss:`; `ca` is trusted instead of, on Deno in addition to, what the runtime trusts. */
  readonly tls?: TlsOptions | undefined;
  /** The path of a Unix socket to connect to; the URL then only names host and target. */
  readonly path?: string | undefined;
}

/**
 * Opens a connection (RFC 6455 section 4.1): dials, sends the request, checks the response. Redirects are never
 * followed: a response other than 101 fails.
 *
 * @param dial opens the byte stream; it gets the options' `tls` and `path` with the target
 * @returns the open connection; messages wait in it until they are asked for
 * @throws UsageError (rejects) if the URL, a header or a subprotocol may not be sent; ConnectError for all else
 */
export async function connectWith(
  dial: Dial,
  url: string | URL,
  options: ConnectOptions,
  runtime: Runtime,
): Promise<WebSocketConnection> {
  checkIsOptions(options);
  const target = parseTarget(url);
  const settings = resolveSettings(options);
  const environment = clientEnvironment(runtime);
  checkSubprotocols(options.subprotocols);
  const subprotocols = options.subprotocols ?? [];
  const extensions = clientCompression(settings.compression, settings.maxMessageSize, runtime);
  const nonce = new Uint8Array(16);
  runtime.randomFill(nonce);
  const { bytes, key } = createRequest({
    host: target.authority,
    target: target.target,
    nonce,
    subprotocols,
    extensions,
    headers: checkedHeaders(options.headers),
    origin: options.origin,
  });
  const { signal, ping, pong, error } = options;
  checkSignal(signal);
  const handlers = { ping, pong, error };
  checkHandlers(handlers);
  checkClientTls(options.tls);
  if (signal?.aborted) throw abortError(signal);
  const tls = target.secure ? (options.tls ?? {}) : undefined;
  const request = { bytes, key, subprotocols, extensions };
  const attempt = new Attempt(request, target.target, handlers as ClientHandlers, settings, environment);
  return attempt.run(
    (attach, abandoned) =>
      dial({ host: target.host, port: target.port, tls, path: options.path, signal: abandoned }, attach),
    signal,
  );
}

/** @throws UsageError where the arguments are those of another client, or the handlers those of a server */
function checkIsOptions(options: ConnectOptions): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  checkOption(isObject, "what follows the URL is an object of options, subprotocols among them", options);
  const handler = ["open", "message", "stream", "close", "drain"].find(
    (name) => (options as Record<string, unknown>)[name] !== undefined,
  );
  const rule = "connect takes no handler for messages or the end: ask with receive() or for await, and await closed";
  checkOption(handler === undefined, rule, handler);
}

const NOTHING = new Uint8Array(0);

/** The way to the one target of an attempt. */
type DialOnce = (attach: Accept, abandoned: AbortSignal) => Promise<void>;

/** One attempt to connect: ends once, in a connection or an error; after an error nothing of it is left open. */
class Attempt {
  readonly #request: SentRequest;
  readonly #target: string;
  readonly #handlers: ClientHandlers;
  readonly #settings: Settings;
  readonly #environment: Environment;
  readonly #controller = new AbortController();
  #channel: Channel | undefined;
  #opening: ClientOpening | undefined;
  #settled = false;

  constructor(
    request: SentRequest,
    target: string,
    handlers: ClientHandlers,
    settings: Settings,
    environment: Environment,
  ) {
    this.#request = request;
    this.#target = target;
    this.#handlers = handlers;
    this.#settings = settings;
    this.#environment = environment;
  }

  run(dial: DialOnce, signal: AbortSignal | undefined): Promise<WebSocketConnection> {
    return new Promise((resolve, reject) => {
      const { deadlines } = this.#environment;
      const { handshakeTimeout } = this.#settings;
      const settle = (): boolean => {
        if (this.#settled) return false;
        this.#settled = true;
        deadlines.disarm(deadline);
        signal?.removeEventListener("abort", onAbort);
        return true;
      };
      const fail = (error: Error): void => {
        if (!settle()) return;
        this.#giveUp();
        reject(error);
      };
      const onAbort = (): void => fail(abortError(signal as AbortSignal));
      const onTime = (): void => {
        this.#opening?.onTime();
        fail(new ConnectError("timeout", `no connection within ${handshakeTimeout} ms`));
      };
      const deadline =
        handshakeTimeout > 0 ? deadlines.arm({ onDeadline: onTime }, "opening", handshakeTimeout) : undefined;
      signal?.addEventListener("abort", onAbort);
      const onOutcome = (outcome: OpeningOutcome, lost: Error | undefined): void => {
        if (outcome.kind === "refused") fail(refusedError(outcome, lost));
        else if (settle()) resolve(this.#connect(outcome));
      };
      dial((socket) => {
        const channel = new Channel(socket, this.#environment.turns);
        this.#channel = channel;
        if (this.#settled) socket.destroy();
        else this.#opening = new ClientOpening(channel, this.#request, this.#settings, onOutcome);
        return channel;
      }, this.#controller.signal).then(undefined, (cause) => fail(dialError(cause)));
    });
  }

  #connect(outcome: OpeningOutcome & { kind: "open" }): WebSocketConnection {
    const channel = this.#channel as Channel;
    const engine: Engine<WebSocketConnection> = new Engine(
      {
        role: "client",
        environment: this.#environment,
        settings: this.#settings,
        handlers: this.#handlers,
        book: undefined,
      },
      channel,
      outcome.extension,
    );
    engine.face = new WebSocketConnection(
      engine,
      {
        context: undefined,
        target: this.#target,
        headers: outcome.response.headers,
        subprotocol: outcome.subprotocol,
        socket: channel.socket,
        declined: outcome.declined,
      },
      undefined,
    );
    engine.start(NOTHING);
    // The chunk that it is part of may only be lent; and `slice` of Node's Buffer is no copy.
    const rest = new Uint8Array(outcome.rest);
    if (rest.length > 0) new FirstTurn(channel, engine, rest, this.#environment.turns);
    return engine.face;
  }

  #giveUp(): void {
    this.#controller.abort();
    this.#channel?.socket.destroy();
  }
}

function refusedError(outcome: OpeningOutcome & { kind: "refused" }, lost: Error | undefined): ConnectError {
  const { error, response } = outcome;
  if (lost !== undefined) return new ConnectError("closed", `the connection was lost: ${lost.message}`, lost, response);
  // No rule of the protocol is broken by a server that does not want the connection.
  const message = response !== undefined && error.code === "response-status" ? answered(response) : error.message;
  return new ConnectError(error.code, message, error, response);
}

function answered({ status, reason }: { readonly status: number; readonly reason: string }): string {
  return `the server answered ${status} ${reason}`.trimEnd();
}

function dialError(cause: unknown): Error {
  if (cause instanceof UsageError) return cause;
  return new ConnectError(
    "dial",
    `no connection: ${(cause instanceof Error ? cause.message : String(cause)).trim()}`,
    cause,
  );
}

function abortError(signal: AbortSignal): Error {
  const { reason } = signal;
  return new ConnectError("aborted", "connecting was aborted", reason);
}
