import { type PeerInfo, PromiseSocket } from "@samewire/connection";

/** The Socket port over a TCP socket of workerd: an inbound one, or one of `cloudflare:sockets`. */
export class WorkersSocket extends PromiseSocket {
  readonly #socket: Socket;
  readonly #peer: PeerInfo;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #onClosed: () => void;
  #writing = false;

  constructor(socket: Socket, peer: PeerInfo, onClosed: () => void) {
    super();
    this.#onClosed = onClosed;
    this.#socket = socket;
    this.#peer = peer;
    this.#reader = socket.readable.getReader({ mode: "byob" });
    this.#writer = socket.writable.getWriter();
    // Reads and writes tell what becomes of the socket; nobody else listens to this promise.
    socket.closed.catch(() => {});
  }

  peer(): PeerInfo {
    return this.#peer;
  }

  protected beginRead(): void {
    this.#reader.read(this.input.bytes).then(this.#onRead, this.didRead);
  }

  readonly #onRead = ({ value, done }: ReadableStreamReadResult<Uint8Array>): void => {
    // The runtime took the memory from the array that it was given, and gives it back in another one.
    if (value !== undefined) this.input.bytes = new Uint8Array(value.buffer as ArrayBuffer);
    this.didRead(done ? null : value.byteLength);
  };

  protected beginWrite(bytes: Uint8Array): void {
    this.#writing = true;
    this.#writer.write(bytes).then(this.#onWritten, this.didWrite);
  }

  readonly #onWritten = (): void => {
    this.#writing = false;
    // All of it, always.
    this.didWrite(Infinity);
  };

  protected beginEnd(): void {
    const done = (): void => this.didEnd();
    this.#writer.close().then(done, done);
  }

  protected closeNow(): void {
    // Closing waits for a write that the peer does not take. Aborting ends it, but an outbound connection then stays
    // until workerd collects the socket, or the request that it belongs to ends.
    if (this.#writing) {
      this.#writer.abort().catch(() => {});
      this.#reader.cancel().catch(() => {});
    }
    this.#socket.close().catch(() => {});
  }

  protected override didClose(): void {
    this.#onClosed();
  }
}
