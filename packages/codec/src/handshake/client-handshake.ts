/** What a server answers to the opening handshake, checked in the order of RFC 6455 section 4.1. */
import { HandshakeError } from "../errors.ts";
import type { ClientExtension, ExtensionDeclined, MessageExtension } from "../extensions/extension.ts";
import { acceptKey } from "./accept-key.ts";
import { listHas } from "./header-values.ts";
import {
  DEFAULT_HEAD_LIMITS,
  type HeadLimits,
  type HeadParser,
  type ResponseHead,
  responseHeadParser,
} from "./http-head.ts";
import { confirmExtensions, type Negotiated } from "./negotiation.ts";
import { RefusedBody } from "./refused-body.ts";

/** The response of a server that refused, for the application to see. */
export interface RefusedResponse extends ResponseHead {
  /** At most `maxRefusalBody` bytes. */
  readonly body: Uint8Array;
  /** Whether that is all of the body. */
  readonly complete: boolean;
}

export type ClientOutcome =
  | {
      readonly kind: "open";
      readonly response: ResponseHead;
      /** The subprotocol in use; "" for none, which is allowed also where some were offered (section 4.1 (6)). */
      readonly subprotocol: string;
      readonly extension: MessageExtension | undefined;
      /** Each extension that was offered and is not in use. */
      readonly declined: readonly ExtensionDeclined[];
      /** The bytes behind the head, which are frames: a view of the last chunk. */
      readonly rest: Uint8Array;
    }
  | {
      readonly kind: "refused";
      readonly error: HandshakeError;
      /** Undefined where there was no well-formed head. */
      readonly response: RefusedResponse | undefined;
    };

export interface ClientLimits extends HeadLimits {
  /** Bytes of the body of a refusal that are read for the application to see. */
  readonly maxRefusalBody: number;
}

export const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  ...DEFAULT_HEAD_LIMITS,
  // Room for any error page that is worth showing.
  maxRefusalBody: 64 * 1024,
};

export interface ClientHandshakeOptions {
  /** The key of the request. */
  readonly key: string;
  /** What the request offered. */
  readonly subprotocols?: readonly string[] | undefined;
  /** What the request offered. */
  readonly extensions?: readonly ClientExtension[] | undefined;
  readonly limits?: Partial<ClientLimits> | undefined;
}

/** Reads the response from bytes. Interim responses (1xx other than 101) are passed over; they share the head's limit. */
export class ClientHandshake {
  readonly #options: ClientHandshakeOptions;
  readonly #limits: ClientLimits;
  #parser: HeadParser<ResponseHead>;
  /** Bytes of heads that may still come. */
  #budget: number;
  #refusal: { readonly head: ResponseHead; readonly body: RefusedBody } | undefined;
  #settled = false;

  constructor(options: ClientHandshakeOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_CLIENT_LIMITS, ...options.limits };
    this.#budget = this.#limits.maxHeadSize;
    this.#parser = responseHeadParser(this.#limits);
  }

  /** Takes the next chunk, which stays the caller's. Undefined while more is wanted, and after the outcome. */
  receive(chunk: Uint8Array): ClientOutcome | undefined {
    let bytes = chunk;
    while (!this.#settled && this.#refusal === undefined) {
      const outcome = this.#parser.receive(bytes);
      if (outcome === undefined) return undefined;
      if (outcome instanceof HandshakeError) return this.#settle(outcome, undefined);
      const { head } = outcome;
      bytes = outcome.rest;
      if (head.status === 101) return this.#switchProtocols(head, bytes);
      if (head.status > 199) {
        this.#refusal = { head, body: new RefusedBody(head, this.#limits.maxRefusalBody) };
      } else {
        this.#budget -= this.#parser.size;
        this.#parser = responseHeadParser({ ...this.#limits, maxHeadSize: this.#budget });
      }
    }
    this.#refusal?.body.receive(bytes);
    return this.#refusal?.body.done ? this.end() : undefined;
  }

  /** The stream has ended, or the caller waits no longer: gives the refusal. Undefined after the outcome. */
  end(): ClientOutcome | undefined {
    if (this.#settled) return undefined;
    if (this.#refusal === undefined) return this.#settle(new HandshakeError("head-incomplete"), undefined);
    const { head, body } = this.#refusal;
    const error = new HandshakeError("response-status", `${head.status} ${head.reason}`.trimEnd());
    return this.#settle(error, { ...head, body: body.end(), complete: body.complete });
  }

  #settle(error: HandshakeError, response: RefusedResponse | undefined): ClientOutcome {
    this.#settled = true;
    this.#refusal = undefined;
    return { kind: "refused", error, response };
  }

  #switchProtocols(response: ResponseHead, rest: Uint8Array): ClientOutcome {
    this.#settled = true;
    const opened = this.#check(response);
    if (opened instanceof HandshakeError) {
      return this.#settle(opened, { ...response, body: new Uint8Array(0), complete: true });
    }
    return { kind: "open", response, ...opened, rest };
  }

  #check({ version, headers }: ResponseHead): (Negotiated & { subprotocol: string }) | HandshakeError {
    if (version === "1.0") return new HandshakeError("response-version");
    if (headers.get("upgrade")?.toLowerCase() !== "websocket") return new HandshakeError("response-upgrade");
    if (!listHas(headers.getAll("connection"), "upgrade")) return new HandshakeError("response-connection");
    if (headers.get("sec-websocket-accept") !== acceptKey(this.#options.key)) {
      return new HandshakeError("response-accept");
    }
    const confirmed = confirmExtensions(headers.getAll("sec-websocket-extensions"), this.#options.extensions ?? []);
    if (confirmed instanceof HandshakeError) return confirmed;
    const chosen = headers.getAll("sec-websocket-protocol");
    if (chosen.length > 1 || (chosen.length === 1 && !this.#options.subprotocols?.includes(chosen[0]))) {
      confirmed.extension?.release();
      return new HandshakeError(
        chosen.length > 1 ? "subprotocol-repeated" : "subprotocol-not-offered",
        JSON.stringify(chosen.join(", ")),
      );
    }
    return { ...confirmed, subprotocol: chosen[0] ?? "" };
  }
}
