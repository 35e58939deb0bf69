import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { Random } from "../../src/random.ts";
import { closePayload, isSendableCloseCode } from "../../src/wire/close-code.ts";
import { encodeFrame, type FrameSpec } from "../../src/wire/frame.ts";
import { OPCODE } from "../../src/wire/opcode.ts";
import type { DeflateContext } from "./deflate-context.ts";
import type { Fault, Faults } from "./fault.ts";
import { FrameParser, type Header, ProtocolFault } from "./frame-parser.ts";

/** How an {@link EchoConnection} is set up once its opening handshake is done. */
export interface EchoSettings {
  readonly role: "server" | "client";
  readonly faults: Faults;
  readonly limit: number;
  readonly deflate: DeflateContext | undefined;
}

const ONE_KEY = Uint8Array.of(1, 2, 3, 4);
/** After a fault or the closing handshake the peer may send this much before the connection is cut. */
const LINGER_BYTES = 1_048_576;
const LINGER_TIME = 2_000;

/** Longer than the suite waits for a closed connection, so that a test ends. */
const NEVER = 9_000;

interface Message {
  readonly opcode: number;
  readonly compressed: boolean;
  readonly parts: Uint8Array[];
  size: number;
}

/** RFC 6455 after the opening handshake, echoing every message, with any of the faults built in. */
export class EchoConnection {
  readonly #socket: Socket;
  readonly #settings: EchoSettings;
  readonly #parser: FrameParser;
  #frame: Pick<Header, "fin" | "rsv" | "opcode"> = { fin: true, rsv: 0, opcode: 0 };
  #control: Uint8Array[] = [];
  #message: Message | undefined;
  #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #heldPongs: Uint8Array[] = [];
  #heldEchoes: FrameSpec[] = [];
  #over = false;
  #lingered = 0;
  /** The seed is the same on every connection. */
  readonly #seeded = new Random(7);

  constructor(socket: Socket, settings: EchoSettings) {
    this.#socket = socket;
    this.#settings = settings;
    this.#parser = new FrameParser(
      {
        start: (header) => this.#onStart(header),
        length: (length, opcode) => this.#onLength(length, opcode),
        payload: (part) => this.#onPayload(part),
        end: () => this.#onEnd(),
      },
      settings.role === "server",
      settings.faults,
    );
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    socket.on("end", () => this.#onFin());
    socket.on("error", () => socket.destroy());
  }

  /** Takes bytes that came with the handshake, or later. */
  receive(chunk: Uint8Array): void {
    if (this.#over && !this.#has("goes on after a fault") && !this.#has("goes on after Close")) {
      this.#lingered += chunk.length;
      if (this.#lingered > LINGER_BYTES) this.#socket.destroy();
      return;
    }
    this.#socket.cork();
    process.nextTick(() => this.#socket.uncork());
    try {
      this.#parser.push(chunk);
      this.#flushEchoes();
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      this.#flushEchoes();
      this.#fail(error.code);
    }
  }

  #has(fault: Fault): boolean {
    return this.#settings.faults.has(fault);
  }

  #onStart(header: Pick<Header, "fin" | "rsv" | "opcode">): void {
    const { fin, rsv, opcode } = header;
    this.#frame = header;
    this.#control = [];
    const isControl = opcode >= 8;
    const first = opcode === OPCODE.text || opcode === OPCODE.binary;
    const known = first || opcode === OPCODE.continuation || (opcode >= 8 && opcode <= 10);
    if (!known && this.#has("goes on after a fault")) this.#fail(1002);
    else if (!known && !this.#has("ignores reserved opcodes")) throw new ProtocolFault(1002, "opcode");
    const lenient = isControl && this.#has("ignores RSV1 on control frames");
    const allowed = (first && this.#settings.deflate !== undefined) || lenient ? 4 : 0;
    if ((rsv & ~allowed) !== 0 && !this.#has("ignores reserved bits")) throw new ProtocolFault(1002, "reserved bits");
    if (isControl) {
      if (!fin && !this.#has("accepts fragmented control frames"))
        throw new ProtocolFault(1002, "a fragmented control frame");
      return;
    }
    if (opcode === OPCODE.continuation && this.#message === undefined) {
      if (!this.#has("accepts orphan continuations")) throw new ProtocolFault(1002, "nothing to continue");
      this.#begin(OPCODE.text, 0);
    } else if (first) {
      if (this.#message !== undefined && !this.#has("accepts messages inside messages")) {
        throw new ProtocolFault(1002, "a message inside a message");
      }
      this.#begin(opcode, rsv);
    }
  }

  #begin(opcode: number, rsv: number): void {
    const compressed = (rsv & 4) !== 0 && this.#settings.deflate !== undefined;
    this.#message = { opcode, compressed, parts: [], size: 0 };
    this.#decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  }

  #onLength(length: number, opcode: number): void {
    if (opcode >= 8 || this.#has("has no message limit")) return;
    const before = this.#has("checks the limit per frame only") ? 0 : (this.#message?.size ?? 0);
    if (before + length > this.#settings.limit) throw new ProtocolFault(1009, "too large");
    if (this.#message !== undefined) this.#message.size += length;
  }

  #onPayload(part: Uint8Array): void {
    const message = this.#message;
    if (this.#frame.opcode >= 3) {
      this.#control.push(part);
      return;
    }
    if (message === undefined) return;
    if (message.opcode === OPCODE.text && !message.compressed && !this.#has("checks UTF-8 at the end only")) {
      this.#checkText(part, true);
    }
    const middle = this.#frame.opcode === OPCODE.continuation && !this.#frame.fin;
    if (!middle || !this.#has("drops middle fragments")) message.parts.push(part);
  }

  #checkText(part: Uint8Array, stream: boolean): void {
    if (this.#has("skips UTF-8")) return;
    try {
      this.#decoder.decode(part, { stream });
    } catch {
      throw new ProtocolFault(1007, "not UTF-8");
    }
  }

  #onEnd(): void {
    const { opcode, fin } = this.#frame;
    if (opcode === OPCODE.close) this.#onClose(Buffer.concat(this.#control));
    else if (opcode === OPCODE.ping) this.#onPing(Buffer.concat(this.#control));
    else if (opcode < 3 && fin) this.#deliver();
  }

  #deliver(): void {
    const message = this.#message;
    if (message === undefined) return;
    this.#message = undefined;
    const joined = Buffer.concat(message.parts);
    const payload = message.compressed ? this.#inflate(joined) : joined;
    if (message.opcode === OPCODE.text) {
      if (message.compressed || this.#has("checks UTF-8 at the end only")) {
        if (!message.compressed || !this.#has("does not check inflated text")) this.#checkText(payload, false);
      } else this.#checkText(new Uint8Array(0), false);
    }
    this.#echo(message.opcode, payload, message.compressed);
    for (const pong of this.#heldPongs.splice(0)) this.#send({ opcode: OPCODE.pong, payload: pong });
  }

  #inflate(joined: Uint8Array): Uint8Array {
    return (this.#settings.deflate as DeflateContext).inflate(joined, this.#settings.limit);
  }

  #echo(opcode: number, whole: Uint8Array, compressed: boolean): void {
    const bom =
      this.#has("strips a byte order mark") && opcode === OPCODE.text && whole[0] === 0xef && whole[1] === 0xbb;
    const payload = bom ? whole.subarray(3) : whole;
    const type = this.#has("echoes text as binary") ? OPCODE.binary : opcode;
    const { deflate } = this.#settings;
    const frame: FrameSpec =
      compressed && deflate !== undefined
        ? { opcode: type, rsv: 4, payload: deflate.deflate(payload) }
        : { opcode: type, payload };
    if (this.#has("forgets its echoes when the end comes")) {
      setTimeout(() => {
        if (!this.#over) this.#send(frame);
      }, 20);
      return;
    }
    if (this.#has("echoes in reverse order")) this.#heldEchoes.unshift(frame);
    else this.#send(frame);
  }

  #flushEchoes(): void {
    for (const frame of this.#heldEchoes.splice(0)) this.#send(frame);
  }

  #onPing(payload: Uint8Array): void {
    if (this.#has("sends no Pong")) return;
    const answer = this.#has("sends empty Pongs") ? new Uint8Array(0) : payload;
    if (this.#message !== undefined && this.#has("holds Pongs back inside a message")) this.#heldPongs.push(answer);
    else this.#send({ opcode: OPCODE.pong, payload: answer });
  }

  #onClose(payload: Uint8Array): void {
    const code = payload.length < 2 ? undefined : ((payload[0] as number) << 8) | (payload[1] as number);
    if (payload.length === 1 && !this.#has("accepts a Close of one byte"))
      throw new ProtocolFault(1002, "a Close of one byte");
    const unassigned = code !== undefined && code > 1014 && code < 3000;
    if (code !== undefined && (!isSendableCloseCode(code) || unassigned) && !this.#has("accepts every close code")) {
      throw new ProtocolFault(1002, "close code");
    }
    if (!this.#has("accepts broken close reasons")) {
      this.#decoder = new TextDecoder("utf-8", { fatal: true });
      this.#checkText(payload.subarray(2), false);
    }
    if (!this.#has("does not answer Close")) {
      const answer = this.#has("answers Close with 1000") ? closePayload(1000) : payload.subarray(0, 2);
      this.#send({ opcode: OPCODE.close, payload: Uint8Array.from(answer) });
    }
    this.#finish();
  }

  #fail(code: number): void {
    const named = this.#has("fails with 1000") ? 1000 : code;
    if (this.#has("cuts its Close frame short")) this.#socket.write(Uint8Array.of(0x88));
    else if (!this.#has("fails without a Close frame") && !this.#has("cuts its echo off at a fault"))
      this.#send({ opcode: OPCODE.close, payload: closePayload(named) });
    if (this.#has("fails with a reset")) setTimeout(() => this.#socket.resetAndDestroy(), 20);
    else this.#finish(true);
  }

  /** Lets the peer read what was said: FIN, then what still comes is thrown away for a while. */
  #finish(failed = false): void {
    const wasOver = this.#over;
    this.#over = true;
    if (wasOver) return;
    if (this.#has("never closes TCP")) {
      setTimeout(() => this.#socket.destroy(), NEVER);
      return;
    }
    if (this.#has("sends an octet behind its Close frame")) this.#socket.write(Uint8Array.of(0));
    if (this.#has("sends half a frame behind its Close frame")) this.#socket.write(Uint8Array.of(0x81, 0x85, 1, 2));
    if ((failed && this.#has("goes on after a fault")) || this.#has("goes on after Close")) {
      setTimeout(() => this.#socket.end(), 100);
      return;
    }
    // RFC 6455 7.1.1: after a closing handshake the server is the first to close TCP.
    if (failed || this.#settings.role === "server") this.#socket.end();
    this.#parser.stop();
    setTimeout(() => this.#socket.destroy(), LINGER_TIME).unref();
  }

  #onFin(): void {
    if (this.#has("echoes unfinished messages at FIN") && this.#message !== undefined) this.#deliver();
    if (this.#has("forgets its echoes when the end comes")) this.#over = true;
    if (this.#has("never closes TCP")) setTimeout(() => this.#socket.destroy(), NEVER);
    else this.#socket.end();
  }

  #maskingKey(): Uint8Array {
    if (this.#has("uses one masking key")) return ONE_KEY;
    return this.#has("seeds its masking keys alike on every connection") ? this.#seeded.bytes(4) : randomBytes(4);
  }

  #send(frame: FrameSpec): void {
    const masks = (this.#settings.role === "client") !== this.#has("masks wrongly");
    const key = this.#maskingKey();
    const long = this.#has("sends long length forms") && frame.opcode < 8 ? ({ lengthForm: 64 } as const) : {};
    const bytes = encodeFrame({ ...frame, ...long }, masks ? key : undefined);
    const left = this.#has("cuts its echo off at a fault") ? bytes.length - 2 : bytes.length;
    if (this.#socket.writable) this.#socket.write(bytes.subarray(0, left));
  }
}
