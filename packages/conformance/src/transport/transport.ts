import type { Socket } from "node:net";
import type { WireLog } from "../wire-log.ts";

/** How the testee ended its direction of the connection: `fin` in order, `reset` by RST (or any other socket error). */
export type PeerEnd = "fin" | "reset";

/**
 * One TCP or TLS connection to the testee: everything received is kept in order with a wake-up per arrival, and it is known
 * who ended first and how. Half-open on purpose: the testee's FIN does not close our side.
 */
export class Transport {
  readonly log: WireLog;
  readonly #socket: Socket;
  readonly #tcp: Socket;
  readonly #inbox: Uint8Array[] = [];
  readonly #waiting = new Set<() => void>();
  #peerEnd: PeerEnd | undefined;
  #ended = false;
  #closed = false;
  /** What settles the writes that the kernel has not taken. */
  readonly #writing = new Set<() => void>();

  /** `tcp` is the socket below `socket`, where TLS makes that another one: a reset has to reach it. */
  constructor(socket: Socket, log: WireLog, tcp: Socket = socket) {
    this.#socket = socket;
    this.#tcp = tcp;
    this.log = log;
    socket.setNoDelay(true);
    // A socket from a listener was paused when its head had been looked at.
    if (socket.isPaused()) socket.resume();
    socket.on("data", (chunk) => {
      log.bytes("received", chunk);
      this.#inbox.push(chunk);
      this.#wake();
    });
    socket.on("end", () =>
      this.#onPeerEnd("fin", this.#ended ? "the testee closed too (FIN)" : "the testee closed TCP (FIN)"),
    );
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#onPeerEnd("reset", `the connection broke (${error.code ?? error.message})`);
    });
    socket.on("close", () => {
      this.#closed = true;
      for (const settle of this.#writing) settle();
      this.#onPeerEnd("reset", "the connection is gone");
    });
  }

  /** How the testee ended its direction, once it did. */
  get peerEnd(): PeerEnd | undefined {
    return this.#peerEnd;
  }

  /** Whether nothing can be exchanged any more, in either direction. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether we sent our FIN. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes that are received and not taken yet. */
  get available(): number {
    return this.#inbox.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** The next received chunk, if there is one. */
  take(): Uint8Array | undefined {
    return this.#inbox.shift();
  }

  /** Puts bytes back, so that the next `take` gives them. */
  putBack(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#inbox.unshift(bytes);
  }

  /** Resolves with true at the next arrival or end, with false after `milliseconds`. Does not look at what is there already. */
  arrival(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(true);
      };
      const timer = setTimeout(() => {
        // When the suite itself was busy, what came in time is still to be read: one look at the sockets before giving up.
        setImmediate(() => {
          if (this.#waiting.delete(wake)) resolve(false);
        });
      }, milliseconds);
      this.#waiting.add(wake);
    });
  }

  /** Whether anything is there or comes within `milliseconds`: bytes, or the end of the testee's direction. */
  async reacts(milliseconds: number): Promise<boolean> {
    if (this.#inbox.length > 0 || this.#peerEnd !== undefined) return true;
    return this.arrival(milliseconds);
  }

  /**
   * Writes `bytes`; resolves with true when the kernel has taken them, with false if the testee is gone (which is no
   * error here: many cases provoke it, and what was received tells the story).
   */
  write(bytes: Uint8Array): Promise<boolean> {
    if (this.#closed || this.#ended || this.#peerEnd === "reset") return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (): void => resolve(false);
      this.#writing.add(settle);
      this.#socket.write(bytes, (error) => {
        this.#writing.delete(settle);
        resolve(error === undefined || error === null);
      });
    });
  }

  /** Sends FIN after what was written. */
  end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    this.log.event("the suite closed its side (FIN)");
    this.#socket.end();
  }

  /** Sends RST. */
  reset(): void {
    if (this.#closed) return;
    this.#ended = true;
    this.log.event("the suite reset the connection (RST)");
    this.#tcp.resetAndDestroy();
    this.#socket.destroy();
  }

  /** Frees the socket without a word in the log: the run is over. */
  dispose(): void {
    this.#socket.destroy();
  }

  /** Stops reading, so that the testee's sends pile up in TCP. */
  pause(): void {
    this.log.event("the suite stops reading");
    this.#socket.pause();
  }

  /** Reads on. */
  resume(): void {
    this.log.event("the suite reads on");
    this.#socket.resume();
  }

  #onPeerEnd(how: PeerEnd, text: string): void {
    if (this.#peerEnd === undefined) {
      this.#peerEnd = how;
      this.log.event(text);
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
