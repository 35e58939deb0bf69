/** The peer of a server's connection, written by hand: it masks with zeroes, and takes apart and judges what comes. */
import { constants, inflateRawSync } from "node:zlib";
import { expect } from "vitest";
import { LENT } from "../src/index.ts";
import type { MemorySocket } from "../src/testing/index.ts";
import { head, UPGRADE } from "./_requests.ts";

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

export class HandPeer {
  /** Whole data messages that came, as text. */
  readonly messages: string[] = [];
  readonly pongs: string[] = [];
  /** The code of the Close frame that came; 1005 if it had none. */
  closeCode: number | undefined;
  /** What this peer has said last. */
  ended: "close" | "fault" | "fin" | undefined;
  finCame = false;
  readonly #socket: MemorySocket;
  #out = Buffer.alloc(0);
  #in = Buffer.alloc(0);
  #blocked = false;
  #finWanted = false;
  #opened = false;
  /** The parts of a message under way, and whether they are compressed. */
  #parts: Buffer[] | undefined;
  #compressed = false;

  constructor(socket: MemorySocket, extensions: Record<string, string>) {
    this.#socket = socket;
    socket.handler = {
      onBytes: (chunk) => this.#receive(chunk),
      onWritable: () => {
        this.#blocked = false;
        this.#flush();
      },
      onEnd: () => {
        this.finCame = true;
        this.#finWanted = true;
        this.#flush();
      },
      onClose: () => {},
    };
    this.#write(Buffer.from(head("GET / HTTP/1.1", { ...UPGRADE, ...extensions }), "latin1"));
  }

  /** A frame; `first` is its first byte. */
  send(first: number, payload: string): void {
    const bytes = Buffer.from(payload, "latin1");
    expect(bytes.length).toBeLessThan(126);
    this.#write(Buffer.concat([Buffer.from([first, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]));
  }

  end(how: "close" | "fault" | "fin"): void {
    this.ended = how;
    if (how === "close") this.send(0x88, "\x03\xe8");
    else if (how === "fault") this.send(0x83, "");
    else this.#finWanted = true;
    this.#flush();
  }

  #write(bytes: Buffer): void {
    this.#out = Buffer.concat([this.#out, bytes]);
    this.#flush();
  }

  #flush(): void {
    // What is written to a socket whose other side is closed is never taken.
    if (this.#socket.closed || this.#socket.other.closed) return;
    while (this.#out.length > 0 && !this.#blocked) {
      const out = this.#out;
      const taken = this.#socket.write(out);
      this.#blocked = taken !== out.length;
      this.#out = taken === LENT ? Buffer.alloc(0) : out.subarray(taken);
    }
    if (this.#out.length === 0 && !this.#blocked && this.#finWanted) this.#socket.end();
  }

  #receive(chunk: Uint8Array): void {
    expect(this.finCame).toBe(false);
    this.#in = Buffer.concat([this.#in, chunk]);
    if (!this.#opened) {
      const end = this.#in.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#opened = true;
      this.#in = this.#in.subarray(end + 4);
    }
    while (this.#readFrame());
  }

  #readFrame(): boolean {
    const bytes = this.#in;
    if (bytes.length < 2) return false;
    let length = (bytes[1] as number) & 0x7f;
    const size = length < 126 ? 2 : length === 126 ? 4 : 10;
    if (bytes.length < size) return false;
    if (size === 4) length = bytes.readUInt16BE(2);
    else if (size === 10) length = Number(bytes.readBigUInt64BE(2));
    if (bytes.length < size + length) return false;
    expect((bytes[1] as number) & 0x80).toBe(0);
    this.#in = bytes.subarray(size + length);
    this.#take(bytes[0] as number, bytes.subarray(size, size + length));
    return true;
  }

  #take(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    if (opcode === 10) {
      this.pongs.push(payload.toString("latin1"));
      return;
    }
    // Only a Pong may follow our Close frame: a Ping may have been under way (5.5.2).
    expect(this.closeCode).toBeUndefined();
    if (opcode === 8) {
      this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      // Section 5.5.1: it is answered.
      if (this.ended === undefined) this.end("close");
      return;
    }
    expect(opcode).toBe(this.#parts === undefined ? 1 : 0);
    if (this.#parts === undefined) this.#compressed = (first & 0x40) !== 0;
    this.#parts = [...(this.#parts ?? []), payload];
    if ((first & 0x80) === 0) return;
    const whole = Buffer.concat(this.#parts);
    this.#parts = undefined;
    const flush = { finishFlush: constants.Z_SYNC_FLUSH };
    const message = this.#compressed ? inflateRawSync(Buffer.concat([whole, TAIL]), flush) : whole;
    this.messages.push(message.toString("latin1"));
  }
}
