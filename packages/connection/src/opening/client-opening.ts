/** RFC 6455 section 4.1: the opening handshake of a client, over a stream that was dialled. */
import { type ClientExtension, ClientHandshake, type ClientOutcome } from "@samewire/codec";
import type { Channel } from "../channel.ts";
import type { Settings } from "../settings.ts";
import type { SocketHandler } from "../socket.ts";

/** What is sent, and what its answer is checked against. */
export interface ClientRequest {
  readonly bytes: Uint8Array;
  readonly key: string;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ClientExtension[];
}

export class ClientOpening implements SocketHandler {
  readonly #channel: Channel;
  readonly #handshake: ClientHandshake;
  readonly #onOutcome: (outcome: ClientOutcome, lost: Error | undefined) => void;
  #over = false;

  /** Sends the request. `onOutcome` is called once, unless the opening is stopped before. */
  constructor(
    channel: Channel,
    request: ClientRequest,
    settings: Settings,
    onOutcome: (outcome: ClientOutcome, lost: Error | undefined) => void,
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

  /** Given up: whatever still comes is ignored. */
  stop(): void {
    this.#over = true;
  }

  onBytes(chunk: Uint8Array): boolean {
    if (this.#over) return false;
    this.#conclude(this.#handshake.receive(chunk), undefined);
    return true;
  }

  onWritable(): void {
    this.#channel.transmitter.onWritable();
  }

  onEnd(): void {
    this.#conclude(this.#handshake.end(), undefined);
  }

  onClose(reason?: Error): void {
    this.#conclude(this.#handshake.end(), reason);
  }

  #conclude(outcome: ClientOutcome | undefined, lost: Error | undefined): void {
    if (this.#over || outcome === undefined) return;
    this.#over = true;
    this.#onOutcome(outcome, lost);
  }
}
