/**
 * RFC 6455 section 4.2: the opening handshake on a server, over raw bytes or from a request that `node:http` has
 * parsed. The first stage of an accepted stream; ends in a connection, an HTTP response, or a refusal.
 */
import {
  encodeAccept,
  examineRequest,
  HandshakeError,
  type HeadParser,
  type MessageExtension,
  negotiateExtension,
  OutputBuffer,
  type RequestHead,
  requestHeadParser,
  type ServerExtension,
  type UpgradeRequest,
} from "@samewire/codec";
import type { Channel } from "../channel.ts";
import type { CompressionOptions } from "../compression/compression-options.ts";
import { serverCompression } from "../compression/compression-policy.ts";
import type { Environment } from "../environment.ts";
import type { ApplicationFault } from "../handler-errors.ts";
import type { Deadline, DeadlineOwner } from "../lifecycle/deadlines.ts";
import type { ServerPolicy } from "../options.ts";
import type { Acceptance, OpeningRequest, PlainResponse, ServerHandlers } from "../server-handlers.ts";
import type { Settings } from "../settings.ts";
import type { SocketHandler } from "../socket.ts";
import { ignoreRejection, isThenable } from "../thenable.ts";
import type { Opening } from "../web-socket-connection.ts";
import { checkedHeaders } from "./checked-headers.ts";
import { acceptanceOf, responseOf } from "./handler-results.ts";
import { encodeHttpResponse, encodeRefusal } from "./http-response.ts";
import { refusedOrigin } from "./origin-policy.ts";
import { ReceivedRequest } from "./received-request.ts";
import { Refusal, refuse } from "./refusal.ts";

/** What the opening needs of its server. */
export interface OpeningHost<C> {
  readonly handlers: ServerHandlers<C>;
  readonly policy: ServerPolicy;
  readonly settings: Settings;
  readonly environment: Environment;
  /** What is agreed to where `upgrade` does not say otherwise. */
  readonly extensions: readonly ServerExtension[];
  /** Why no connection is accepted now, if none is. */
  readonly unavailable: string | undefined;
  /** The 101 response is written; `rest` came after the request. */
  onAccepted(channel: Channel, opening: Opening<C>, extension: MessageExtension | undefined, rest: Uint8Array): void;
}

/** While `upgrade` decides, this much more is read, so that the peer's leaving is seen; a client must not send it (4.1). */
const MAX_EARLY = 64 * 1024;
const NOTHING = new Uint8Array(0);
/** How long the answer to a peer whose time was up may take to leave, in milliseconds. */
const LAST_WORD_TIME = 2000;

export class ServerOpening<C> implements SocketHandler, DeadlineOwner {
  readonly #host: OpeningHost<C>;
  readonly #channel: Channel;
  /** Made when the application asks for its signal. */
  #controller: AbortController | undefined;
  #left = false;
  readonly #deadline: Deadline | undefined;
  #parser: HeadParser<RequestHead> | undefined;
  /** What came behind the head. */
  #early: OutputBuffer | undefined;
  #over = false;
  /** The request is HEAD: no response has a body. */
  #bodiless = false;

  constructor(host: OpeningHost<C>, channel: Channel) {
    this.#host = host;
    this.#channel = channel;
    const { maxHeadSize, maxHeaders, handshakeTimeout } = host.settings;
    this.#parser = requestHeadParser({ maxHeadSize, maxHeaders });
    if (handshakeTimeout > 0) this.#deadline = host.environment.deadlines.arm(this, "opening", handshakeTimeout);
    channel.stage = this;
  }

  onBytes(chunk: Uint8Array): void {
    if (this.#parser === undefined) {
      if (this.#keep(chunk).length > MAX_EARLY) this.#channel.pause();
      return;
    }
    const outcome = this.#parser.receive(chunk);
    if (outcome === undefined) return;
    if (outcome instanceof HandshakeError) this.#answer(outcome);
    else this.begin(outcome.head, outcome.rest);
  }

  onWritable(): void {
    this.#channel.transmitter.onWritable();
  }

  onEnd(): void {
    // A peer that has sent FIN may still read a response, but will not open a connection.
    if (this.#parser !== undefined) this.#close();
    this.#leave();
  }

  onClose(): void {
    this.#end();
    this.#leave();
  }

  onDeadline(): void {
    this.#leave();
    // A peer that takes nothing either (it has not begun TLS, say) gets no second deadline as long as the first.
    this.#answer(refuse(408, {}, "The opening handshake took too long.\n"), LAST_WORD_TIME);
  }

  /**
   * The head is there: decides what becomes of it. `rest` came after it; it is copied.
   *
   * @param failed what the application has thrown already, when it was asked whom the request is for
   */
  begin(head: RequestHead | HandshakeError, rest: Uint8Array, failed?: ApplicationFault): void {
    this.#parser = undefined;
    if (rest.length > 0) this.#keep(rest);
    if (head instanceof HandshakeError) {
      this.#answer(head);
      return;
    }
    this.#bodiless = head.method === "HEAD";
    const verdict = examineRequest(head);
    if (verdict.kind === "refused") this.#answer(verdict.error);
    else if (verdict.kind === "http") this.#respond(verdict.request, verdict.hasBody);
    else this.#decide(head, verdict.request, failed);
  }

  /** The server is closing: a client that has not begun its request is not waited for. */
  dismiss(): void {
    if (this.#parser?.size === 0) this.#channel.socket.destroy();
  }

  /** Copies what came too early, for the connection. */
  #keep(bytes: Uint8Array): OutputBuffer {
    this.#early ??= new OutputBuffer();
    this.#early.attach(bytes);
    return this.#early;
  }

  #decide(head: RequestHead, upgrade: UpgradeRequest, failed: ApplicationFault | undefined): void {
    const { handlers, policy, unavailable } = this.#host;
    if (unavailable !== undefined) {
      this.#answer(refuse(503, {}, `${unavailable}\n`));
      return;
    }
    const request = new ReceivedRequest(head, upgrade.subprotocols, this.#channel.socket.peer(), this.#signal);
    this.#settle(
      request,
      () => {
        if (failed !== undefined) throw failed.error;
        // The application's too, where the option is a function: it may throw.
        const origin = refusedOrigin(upgrade, policy);
        return origin === undefined ? handlers.upgrade?.(request) : refuse(403, {}, `${origin}\n`);
      },
      (result) => {
        if (result instanceof Refusal) this.#answer(result);
        else this.#accept(request, upgrade, acceptanceOf<C>(result));
      },
    );
  }

  /** A plain HTTP request (RFC 9110): the application's answer, or what the RFC wants said. */
  #respond(head: RequestHead, hasBody: boolean): void {
    const { handlers } = this.#host;
    const respond = handlers.request;
    if (respond === undefined) {
      const headers = { upgrade: "websocket", "sec-websocket-version": "13" };
      this.#answer(refuse(426, headers, "This server speaks WebSocket.\n"));
    } else if (head.method === "OPTIONS") {
      // How HAProxy asks by default whether a server is well.
      this.#answer({ status: 204, headers: { allow: "GET, HEAD" } });
    } else if (head.method !== "GET" && head.method !== "HEAD") {
      this.#answer(refuse(405, { allow: "GET, HEAD" }, "Only GET and HEAD are answered here.\n"));
    } else if (hasBody) {
      this.#answer(refuse(413, {}, "A request with a body is not answered here.\n"));
    } else {
      const request = new ReceivedRequest(head, [], this.#channel.socket.peer(), this.#signal);
      this.#settle(
        request,
        () => respond.call(handlers, request),
        (result) => this.#answer(responseOf(result)),
      );
    }
  }

  /** Runs a handler and then `done`; whatever fails in either is answered with 500. Nothing follows a peer that left. */
  #settle<R>(request: OpeningRequest, run: () => R | PromiseLike<R>, done: (result: R) => void): void {
    const fail = (error: unknown): void => {
      if (this.#over) return;
      this.#answer(refuse(500, {}, "Internal server error.\n"));
      try {
        ignoreRejection(this.#host.handlers.openingError?.(request, error));
      } catch {
        // The handler for errors has nobody to report its own to.
      }
    };
    const finish = (result: R): void => {
      if (this.#over) return;
      try {
        done(result);
      } catch (error) {
        fail(error);
      }
    };
    try {
      const result = run();
      if (isThenable(result)) (result as PromiseLike<R>).then(finish, fail);
      else finish(result as R);
    } catch (error) {
      fail(error);
    }
  }

  #accept(request: OpeningRequest, upgrade: UpgradeRequest, acceptance: Acceptance<C>): void {
    const { policy, unavailable } = this.#host;
    if (unavailable !== undefined) {
      this.#answer(refuse(503, {}, `${unavailable}\n`));
      return;
    }
    if (this.#left) {
      // Its FIN came while `upgrade` decided.
      this.#close();
      return;
    }
    const subprotocol =
      acceptance.subprotocol ?? policy.subprotocols?.find((one) => upgrade.subprotocols.includes(one));
    const { extension, declined } = negotiateExtension(upgrade.extensions, this.#extensions(acceptance.compression));
    let bytes: Uint8Array;
    try {
      bytes = encodeAccept(upgrade, {
        subprotocol,
        extensions: extension === undefined ? [] : [extension.agreed],
        headers: checkedHeaders(acceptance.headers),
      });
    } catch (error) {
      extension?.release();
      throw error;
    }
    this.#end();
    // It leaves with what `open` sends.
    this.#channel.transmitter.corked = true;
    this.#channel.transmitter.append(bytes);
    this.#channel.resume();
    const opening: Opening<C> = {
      context: acceptance.context as C,
      target: request.target,
      headers: request.headers,
      subprotocol: subprotocol ?? "",
      socket: this.#channel.socket,
      declined,
    };
    this.#host.onAccepted(this.#channel, opening, extension, this.#early?.take() ?? NOTHING);
  }

  #extensions(override: boolean | CompressionOptions | undefined): readonly ServerExtension[] {
    const { environment, extensions, settings } = this.#host;
    return override === undefined
      ? extensions
      : serverCompression(override, settings.maxMessageSize, environment.runtime);
  }

  /** Sends an HTTP response and closes; what the client sends after its request is never looked at. */
  #answer(response: PlainResponse | Refusal | HandshakeError, flushTime?: number): void {
    const bytes = responseBytes(response, this.#bodiless || this.#parser?.start?.method === "HEAD");
    this.#channel.transmitter.append(bytes);
    this.#close(flushTime);
  }

  #close(flushTime: number = this.#host.settings.closeTimeout): void {
    this.#end();
    this.#channel.linger(this.#host.environment.deadlines, flushTime);
  }

  readonly #signal = (): AbortSignal => {
    this.#controller ??= new AbortController();
    if (this.#left) this.#controller.abort();
    return this.#controller.signal;
  };

  /** The peer has gone, or waits no longer. */
  #leave(): void {
    this.#left = true;
    this.#controller?.abort();
  }

  #end(): void {
    this.#over = true;
    this.#host.environment.deadlines.disarm(this.#deadline);
  }
}

/** @param head for the answer to HEAD, which has no body (RFC 9110 section 9.3.2) */
function responseBytes(response: PlainResponse | Refusal | HandshakeError, head: boolean): Uint8Array {
  if (response instanceof HandshakeError) return encodeRefusal(response, head);
  if (response instanceof Refusal && !head) return response.bytes;
  const { status = 200, headers = {}, body = "" } = response;
  return encodeHttpResponse({ status, headers, body, head });
}
