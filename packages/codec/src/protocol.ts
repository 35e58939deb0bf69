/**
 * RFC 6455 sections 5 to 8, after the opening handshake: bytes in, events out; commands in, bytes out. No I/O, no
 * clock, no randomness of its own. Reading goes decoder -> assembler -> handler, writing goes message encoder, which is
 * inherited, -> frame encoder -> outlet; this class adds the state (7.1) and the control frames (5.5).
 */
import { type DecodeText, decodeText } from "./bytes/text.ts";
import { checkUsage, type ProtocolError } from "./errors.ts";
import { NO_STATUS } from "./frame/close-code.ts";
import { type CloseStatus, closePayload, readClosePayload } from "./frame/close-payload.ts";
import * as Opcode from "./frame/opcode.ts";
import type { Limits } from "./limits.ts";
import { MessageAssembler, type MessageHandler } from "./message/message-assembler.ts";
import { type EncoderOptions, MessageEncoder } from "./message/message-encoder.ts";
import { advance, type ProtocolState } from "./protocol-state.ts";

/** What the protocol calls while it reads. No method may throw. */
export interface ProtocolHandler {
  /** A whole message. Bytes are the receiver's own. */
  onMessage(message: string | Uint8Array): void;
  /** With {@link Protocol.streaming}: a message begins, its chunks (the receiver's own) follow, then its end. */
  onStreamStart(text: boolean): void;
  onStreamChunk(chunk: Uint8Array): void;
  onStreamEnd(): void;
  /** A Ping (section 5.5.2). It is answered already unless `autoPong` is off. Valid during the call only. */
  onPing(payload: Uint8Array): void;
  /** A Pong (section 5.5.3), asked for or not. Valid during the call only. */
  onPong(payload: Uint8Array): void;
  /** The peer's Close frame (section 5.5.1). It is answered already unless `autoClose` is off. The last event. */
  onCloseFrame(status: CloseStatus): void;
  /** The peer broke a rule: the connection fails (7.1.7). The Close frame is sent unless `autoClose` is off. The last event. */
  onFault(error: ProtocolError): void;
}

/** What one connection is like: its role, its bounds, where its bytes go, and what is answered by itself. */
export interface ProtocolOptions extends EncoderOptions {
  /** Which frames must be masked: a server's input, a client's output (section 5.1). */
  readonly role: "server" | "client";
  /** Sizes in bytes; what is left out has its default. */
  readonly limits?: Partial<Limits> | undefined;
  /** Answer a Ping with a Pong at once. Default true. */
  readonly autoPong?: boolean | undefined;
  /** Send the Close frame that a Close frame or a fault demands at once. Default true; if false, call {@link Protocol.answerClose}. */
  readonly autoClose?: boolean | undefined;
  /** What reads text, where the platform has something faster than `TextDecoder`. */
  readonly decodeText?: DecodeText | undefined;
}

/** One connection after its opening handshake, in either role. A fault of the peer is reported, never thrown. */
export class Protocol extends MessageEncoder implements MessageHandler {
  readonly role: "server" | "client";
  readonly #handler: ProtocolHandler;
  /** Made for the first chunk: a connection whose peer has sent nothing yet does without. */
  #assembler: MessageAssembler | undefined;
  readonly #limits: Partial<Limits>;
  readonly #decodeText: DecodeText;
  #streaming = false;
  readonly #autoPong: boolean;
  readonly #autoClose: boolean;
  /** What the Close frame that we owe is to carry: the peer's own status, or that of its fault. */
  #owed: CloseStatus | undefined;
  #state: ProtocolState = "open";

  /** @throws UsageError if a client has no source of masking keys, or a server has one */
  constructor(options: ProtocolOptions, handler: ProtocolHandler) {
    super(options);
    const server = options.role === "server";
    checkUsage(server === (options.nextMaskKey === undefined), "mask-source", options.role);
    this.role = options.role;
    this.#handler = handler;
    this.#autoPong = options.autoPong ?? true;
    this.#autoClose = options.autoClose ?? true;
    this.#limits = options.limits ?? {};
    this.#decodeText = options.decodeText ?? decodeText;
  }

  /** Where the connection stands (section 7.1). */
  get state(): ProtocolState {
    return this.#state;
  }

  /** Whether data frames may be sent: until our Close frame (section 5.5.1), also while that is owed. */
  get sendable(): boolean {
    return this.#state === "open" || this.#owed !== undefined;
  }

  /** Whether the next message is shown chunk by chunk, also within one frame, instead of being put together. */
  get streaming(): boolean {
    return this.#streaming;
  }

  set streaming(value: boolean) {
    this.#streaming = value;
    if (this.#assembler !== undefined) this.#assembler.streaming = value;
  }

  /** True while an extension has used up its turn: nothing more is read until {@link resume}, in a later macrotask. */
  get suspended(): boolean {
    return this.#assembler?.suspended === true;
  }

  /**
   * Reads a chunk of any size, cut anywhere. The protocol owns it from now on and may change it.
   *
   * @param memory how many bytes a view of the chunk keeps alive, where the caller knows; what is delivered of a chunk
   *   in much larger memory is copied. `Infinity`: the chunk is lent, its memory is the caller's again after the call
   */
  receive(chunk: Uint8Array, memory: number = chunk.buffer.byteLength): void {
    this.#input.receive(chunk, memory);
  }

  /** Reads on where an extension had used up its turn; nothing happens unless {@link suspended}. */
  resume(): void {
    this.#assembler?.resume();
  }

  get #input(): MessageAssembler {
    if (this.#assembler === undefined) {
      const masked = this.role === "server";
      const { extension } = this;
      this.#assembler = new MessageAssembler(this, masked, this.#limits, extension, this.#decodeText, this.#streaming);
    }
    return this.#assembler;
  }

  /** The input ended (the peer's FIN, or the transport broke). Returns the state: `lost` if no Close frame had come. */
  end(): ProtocolState {
    this.#state = advance(this.#state, "end");
    this.#input.stop();
    return this.#state;
  }

  /** @throws UsageError if the payload is longer than 125 bytes (section 5.5) */
  ping(payload: Uint8Array): void {
    this.sendControl(Opcode.PING, payload);
  }

  /** @throws UsageError if the payload is longer than 125 bytes (section 5.5) */
  pong(payload: Uint8Array): void {
    this.sendControl(Opcode.PONG, payload);
  }

  /**
   * Sends our Close frame and so starts the closing handshake (7.1.2). Without a code the frame is empty. Nothing
   * happens where a Close frame was sent before.
   *
   * @throws UsageError if the code may not be sent, or the reason is longer than 123 bytes
   */
  close(code?: number, reason = ""): void {
    const payload = closePayload(code, reason);
    if (!this.sendable) return;
    this.#owed = undefined;
    this.sendControl(Opcode.CLOSE, payload);
    this.#state = advance(this.#state, "sendClose");
  }

  /**
   * Sends the Close frame that is owed, if one is: to the peer's Close frame its own status and reason (section 5.5.1),
   * to a fault the code of the rule (7.1.7).
   */
  answerClose(): void {
    if (this.#owed === undefined) return;
    const { code, reason } = this.#owed;
    this.close(code === NO_STATUS ? undefined : code, reason);
  }

  onMessage(message: string | Uint8Array): void {
    // What the peer sent before it saw our Close frame is dropped: the application has said that it is done.
    if (this.#state === "open") this.#handler.onMessage(message);
  }

  onStreamStart(text: boolean): void {
    if (this.#state === "open") this.#handler.onStreamStart(text);
  }

  onStreamChunk(chunk: Uint8Array): void {
    if (this.#state === "open") this.#handler.onStreamChunk(chunk);
  }

  onStreamEnd(): void {
    if (this.#state === "open") this.#handler.onStreamEnd();
  }

  onControl(opcode: number, payload: Uint8Array): void {
    if (opcode === Opcode.PING) {
      // Due also after our own Close frame: only the peer's ends the duty (section 5.5.2).
      if (this.#autoPong) this.sendControl(Opcode.PONG, payload);
      this.#handler.onPing(payload);
    } else if (opcode === Opcode.PONG) {
      this.#handler.onPong(payload);
    } else {
      this.#receiveClose(payload);
    }
  }

  #receiveClose(payload: Uint8Array): void {
    const status = readClosePayload(payload);
    if (typeof status === "string") {
      this.#input.onFault(status);
      return;
    }
    this.#input.stop();
    this.#state = advance(this.#state, "receiveClose");
    if (this.#state === "close-received") this.#owe(status);
    this.#handler.onCloseFrame(status);
  }

  onFault(error: ProtocolError): void {
    this.#state = advance(this.#state, "fail");
    if (this.#state === "failing") this.#owe({ code: error.closeCode, reason: "" });
    this.#handler.onFault(error);
  }

  #owe(status: CloseStatus): void {
    this.#owed = status;
    if (this.#autoClose) this.answerClose();
  }
}
