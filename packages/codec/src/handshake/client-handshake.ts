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

/** What came of an opening handshake, for its client. */
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
      readonly response: ResponseHead | undefined;
      /** The bytes behind the head: the beginning of its body, if it has one. A view of the last chunk. */
      readonly rest: Uint8Array;
    };

/** What a response is checked against. */
export interface ClientHandshakeOptions {
  /** The key of the request. */
  readonly key: string;
  /** What the request offered. */
  readonly subprotocols?: readonly string[] | undefined;
  /** What the request offered. */
  readonly extensions?: readonly ClientExtension[] | undefined;
  /** Bounds of the head, interim responses included; what is left out has its default. */
  readonly limits?: Partial<HeadLimits> | undefined;
}

/** Reads the response from bytes. Interim responses (1xx other than 101) are passed over; they share the head's limit. */
export class ClientHandshake {
  readonly #options: ClientHandshakeOptions;
  #limits: HeadLimits;
  /** Undefined after the outcome. */
  #parser: HeadParser<ResponseHead> | undefined;

  constructor(options: ClientHandshakeOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_HEAD_LIMITS, ...options.limits };
    this.#parser = responseHeadParser(this.#limits);
  }

  /** Takes the next chunk, which stays the caller's. Undefined while more is wanted, and after the outcome. */
  receive(chunk: Uint8Array): ClientOutcome | undefined {
    let rest = chunk;
    while (this.#parser !== undefined) {
      const outcome = this.#parser.receive(rest);
      if (outcome === undefined) return undefined;
      if (outcome instanceof HandshakeError) return this.#refuse(outcome);
      const { head } = outcome;
      rest = outcome.rest;
      if (head.status > 199 || head.status === 101) {
        const opened = this.#check(head);
        if (opened instanceof HandshakeError) return this.#refuse(opened, head, rest);
        this.#parser = undefined;
        return { kind: "open", response: head, ...opened, rest };
      }
      this.#limits = { ...this.#limits, maxHeadSize: this.#limits.maxHeadSize - this.#parser.size };
      this.#parser = responseHeadParser(this.#limits);
    }
    return undefined;
  }

  /** The stream has ended, or the caller waits no longer: gives the refusal. Undefined after the outcome. */
  end(): ClientOutcome | undefined {
    return this.#parser && this.#refuse(new HandshakeError("head-incomplete"));
  }

  #refuse(error: HandshakeError, response?: ResponseHead, rest: Uint8Array = new Uint8Array(0)): ClientOutcome {
    this.#parser = undefined;
    return { kind: "refused", error, response, rest };
  }

  #check({ version, status, reason, headers }: ResponseHead): (Negotiated & { subprotocol: string }) | HandshakeError {
    const { key, subprotocols = [], extensions = [] } = this.#options;
    if (status !== 101) return new HandshakeError("response-status", `${status} ${reason}`.trimEnd());
    if (version === "1.0") return new HandshakeError("response-version");
    if (headers.get("upgrade")?.toLowerCase() !== "websocket") return new HandshakeError("response-upgrade");
    if (!listHas(headers.get("connection"), "upgrade")) return new HandshakeError("response-connection");
    if (headers.get("sec-websocket-accept") !== acceptKey(key)) return new HandshakeError("response-accept");
    const confirmed = confirmExtensions(headers.getAll("sec-websocket-extensions"), extensions);
    if (confirmed instanceof HandshakeError) return confirmed;
    const chosen = headers.getAll("sec-websocket-protocol");
    if (chosen.every((name) => subprotocols.includes(name)) && chosen.length < 2) {
      return Object.assign(confirmed, { subprotocol: chosen[0] ?? "" });
    }
    confirmed.extension?.release();
    const code = chosen.length > 1 ? "subprotocol-repeated" : "subprotocol-not-offered";
    return new HandshakeError(code, JSON.stringify(chosen.join(", ")));
  }
}
