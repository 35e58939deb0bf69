/** RFC 6455 section 4.1: the opening handshake of a client, over a stream that was dialled. */
import {
  type ClientExtension,
  ClientHandshake,
  type ClientOutcome,
  type HandshakeError,
  type ResponseHead,
} from "@samewire/codec";
import type { Channel } from "../channel.ts";
import type { Settings } from "../settings.ts";
import type { SocketHandler } from "../socket.ts";
import { type RefusedBody, type RefusedResponse, readRefusedBody } from "./refused-body.ts";

/** What is sent, and what its answer is checked against. */
export interface SentRequest {
  readonly bytes: Uint8Array;
  readonly key: string;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ClientExtension[];
}

/** What came of it: what a connection is made of, or the fault and all of the response that is worth showing. */
export type OpeningOutcome =
  | (ClientOutcome & { readonly kind: "open" })
  | { readonly kind: "refused"; readonly error: HandshakeError; readonly response: RefusedResponse | undefined };

interface Refused {
  readonly error: HandshakeError;
  readonly head: ResponseHead;
  readonly body: RefusedBody;
}

/** Bytes of the body of a refusal that are read: room for any error page that is worth showing. */
const MAX_REFUSED_BODY = 64 * 1024;

export class ClientOpening implements SocketHandler {
  readonly #channel: Channel;
  readonly #handshake: ClientHandshake;
  readonly #onOutcome: (outcome: OpeningOutcome, lost: Error | undefined) => void;
  /** The response refused: its body is being read. */
  #refused: Refused | undefined;

  /** Sends the request. The first call of `onOutcome` tells what came of it. */
  constructor(
    channel: Channel,
    request: SentRequest,
    settings: Settings,
    onOutcome: (outcome: OpeningOutcome, lost: Error | undefined) => void,
  ) {
    this.#channel = channel;
    this.#onOutcome = onOutcome;
    const { key, subprotocols, extensions } = request;
    const { maxHeadSize, maxHeaders } = settings;
    this.#handshake = new ClientHandshake({ key, subprotocols, extensions, limits: { maxHeadSize, maxHeaders } });
    channel.stage = this;
    channel.transmitter.append(request.bytes);
    channel.transmitter.flush();
  }

  onBytes(chunk: Uint8Array): void {
    if (this.#refused === undefined) this.#take(this.#handshake.receive(chunk), undefined);
    else if (this.#refused.body.receive(chunk)) this.#end(undefined, false);
  }

  onWritable(): void {
    this.#channel.transmitter.onWritable();
  }

  onEnd(): void {
    this.#end(undefined, true);
  }

  onClose(reason?: Error): void {
    this.#end(reason, false);
  }

  /** No time is left. Where the server has refused, but its body has not ended, that is told; else nothing. */
  onTime(): void {
    if (this.#refused !== undefined) this.#end(undefined, false);
  }

  #take(outcome: ClientOutcome | undefined, lost: Error | undefined): void {
    if (outcome?.kind === "open") {
      this.#onOutcome(outcome, lost);
    } else if (outcome?.response !== undefined) {
      const { error, response, rest } = outcome;
      const body = readRefusedBody(response, MAX_REFUSED_BODY);
      this.#refused = { error, head: response, body };
      if (body.receive(rest)) this.#end(lost, false);
    } else if (outcome !== undefined) {
      this.#onOutcome({ kind: "refused", error: outcome.error, response: undefined }, lost);
    }
  }

  /** Nothing more is to come, or wanted. */
  #end(lost: Error | undefined, inOrder: boolean): void {
    if (this.#refused === undefined) {
      this.#take(this.#handshake.end(), lost);
    } else {
      const { error, head, body } = this.#refused;
      this.#onOutcome({ kind: "refused", error, response: { ...head, ...body.end(inOrder) } }, lost);
    }
  }
}
