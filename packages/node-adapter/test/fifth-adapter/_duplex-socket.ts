import type { Duplex } from "node:stream";
import { LENT, type PeerInfo, type Socket, type SocketHandler } from "@samewire/connection";

/** The Socket port over any Duplex of Node: the fifth adapter of docs/write-an-adapter.md. */
export class DuplexSocket implements Socket {
  readonly #stream: Duplex;
  readonly #peer: PeerInfo;
  #finished = false;
  #reason: Error | undefined;

  constructor(stream: Duplex, peer: PeerInfo) {
    this.#stream = stream;
    this.#peer = peer;
    stream.on("error", (error) => {
      this.#reason = error;
    });
  }

  start(handler: SocketHandler): void {
    this.#onWritable = () => handler.onWritable();
    this.#stream.on("data", (chunk: Buffer) => {
      handler.onBytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), chunk.buffer.byteLength);
    });
    this.#stream.on("end", () => handler.onEnd());
    this.#stream.on("close", () => handler.onClose(this.#reason));
  }

  #onWritable: () => void = () => {};

  write(bytes: Uint8Array): number {
    if (this.#finished || this.#stream.destroyed) return bytes.byteLength;
    this.#stream.write(bytes, (error) => error ?? this.#onWritable());
    return LENT;
  }

  end(): void {
    this.#finished = true;
    this.#stream.end();
  }

  destroy(): void {
    this.#finished = true;
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  peer(): PeerInfo {
    return this.#peer;
  }
}
