import type { Duplex } from "node:stream";
import type { PeerInfo } from "@samewire/connection";
import { ownerOf, StreamSocket } from "./stream-socket.ts";

/** The Socket port over a Duplex of `node:net`, `node:tls` or an `upgrade` event, on Node, Bun and Deno. */
export class NodeSocket extends StreamSocket {
  readonly #peer: PeerInfo;
  #onWritten: (() => void) | undefined;
  #lent = false;

  constructor(stream: Duplex) {
    super(stream);
    // Not every runtime's stream knows once it is closed.
    this.#peer = super.peer();
  }

  override peer(): PeerInfo {
    return this.#peer;
  }

  protected read(): void {
    this.stream.on("data", onData);
  }

  protected pass(bytes: Uint8Array): boolean {
    // Made once a connection: a closure per write would be garbage per message.
    this.#onWritten ??= () => {
      if (!this.#lent || this.stream.writableLength !== 0) return;
      this.#lent = false;
      this.written();
    };
    this.stream.write(bytes, this.#onWritten);
    this.#lent = this.stream.writableLength !== 0;
    return !this.#lent;
  }
}

function onData(this: Duplex, chunk: Uint8Array): void {
  // Each read of the stream has memory of its own, so it is simply handed over.
  ownerOf(this).received(chunk, chunk.buffer.byteLength);
}
