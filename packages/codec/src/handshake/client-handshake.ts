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
import { type RefusedBody, readRefusedBody } from "./refused-body.ts";

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
  #limits: ClientLimits;
  /** Until the head of the final response is there. */
  #parser: HeadParser<ResponseHead> | undefined;
  /** What refused, and how much of its body is there. */
  #refusal: readonly [head: ResponseHead, body: RefusedBody] | undefined;

  constructor(options: ClientHandshakeOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_CLIENT_LIMITS, ...options.limits };
    this.#parser = responseHeadParser(this.#limits);
  }

  /** Takes the next chunk, which stays the caller's. Undefined while more is wanted, and after the outcome. */
  receive(chunk: Uint8Array): ClientOutcome | undefined {
    let bytes = chunk;
    while (this.#parser !== undefined) {
      const outcome = this.#parser.receive(bytes);
      if (outcome === undefined) return undefined;
      if (outcome instanceof HandshakeError) return this.#refuse(outcome);
      const { head, rest } = outcome;
      if (head.status === 101) return this.#switchProtocols(head, rest);
      bytes = rest;
      const { maxHeadSize, maxRefusalBody } = this.#limits;
      if (head.status > 199) {
        this.#parser = undefined;
        this.#refusal = [head, readRefusedBody(head, maxRefusalBody)];
      } else {
        this.#limits = { ...this.#limits, maxHeadSize: maxHeadSize - this.#parser.size };
        this.#parser = responseHeadParser(this.#limits);
      }
    }
    return this.#refusal?.[1].receive(bytes) ? this.end() : undefined;
  }

  /** The stream has ended, or the caller waits no longer: gives the refusal. Undefined after the outcome. */
  end(): ClientOutcome | undefined {
    if (this.#parser !== undefined) return this.#refuse(new HandshakeError("head-incomplete"));
    if (this.#refusal === undefined) return undefined;
    const [head, body] = this.#refusal;
    const error = new HandshakeError("response-status", `${head.status} ${head.reason}`.trimEnd());
    return this.#refuse(error, { ...head, ...body.end() });
  }

  #refuse(error: HandshakeError, response?: RefusedResponse): ClientOutcome {
    this.#parser = undefined;
    this.#refusal = undefined;
    return { kind: "refused", error, response };
  }

  #switchProtocols(response: ResponseHead, rest: Uint8Array): ClientOutcome {
    const opened = this.#check(response);
    if (opened instanceof HandshakeError) {
      return this.#refuse(opened, { ...response, body: new Uint8Array(0), complete: true });
    }
    this.#parser = undefined;
    return { kind: "open", response, ...opened, rest };
  }

  #check({ version, headers }: ResponseHead): (Negotiated & { subprotocol: string }) | HandshakeError {
    const { key, subprotocols = [], extensions = [] } = this.#options;
    if (version === "1.0") return new HandshakeError("response-version");
    if (headers.get("upgrade")?.toLowerCase() !== "websocket") return new HandshakeError("response-upgrade");
    if (!listHas(headers.get("connection"), "upgrade")) return new HandshakeError("response-connection");
    if (headers.get("sec-websocket-accept") !== acceptKey(key)) return new HandshakeError("response-accept");
    const confirmed = confirmExtensions(headers.getAll("sec-websocket-extensions"), extensions);
    if (confirmed instanceof HandshakeError) return confirmed;
    const chosen = headers.getAll("sec-websocket-protocol");
    if (chosen.every((name) => subprotocols.includes(name)) && chosen.length < 2) {
      return { ...confirmed, subprotocol: chosen[0] ?? "" };
    }
    confirmed.extension?.release();
    const code = chosen.length > 1 ? "subprotocol-repeated" : "subprotocol-not-offered";
    return new HandshakeError(code, JSON.stringify(chosen.join(", ")));
  }
}
