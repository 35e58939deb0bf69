/** A client over a plain TCP stream that writes what it is told, handshake included: for input that no client would send. */
import { connect, type Socket } from "node:net";

/** The key of the RFC's example, and what a server makes of it (RFC 6455 section 1.3). */
export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** An opening handshake that is in order; `extra` are header lines to add. */
export function upgradeRequest(target = "/", extra: readonly string[] = []): string {
  const lines = [
    `GET ${target} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${KEY}`,
    "Sec-WebSocket-Version: 13",
    ...extra,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A masked frame of at most 125 bytes, with a masking key of zeros. */
export function clientFrame(first: number, payload: string): Uint8Array {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Uint8Array.of(first, 0x80 | bytes.length, 0, 0, 0, 0), bytes]);
}

export class RawClient {
  readonly stream: Socket;
  readonly #chunks: Buffer[] = [];
  #over = false;
  #wake: (() => void) | undefined;

  private constructor(stream: Socket) {
    this.stream = stream;
    stream.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#wake?.();
    });
    const over = (): void => {
      this.#over = true;
      this.#wake?.();
    };
    stream.on("end", over);
    stream.on("close", over);
    stream.on("error", over);
  }

  static async to(port: number): Promise<RawClient> {
    const stream = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const client = new RawClient(stream);
    await new Promise<void>((resolve, reject) => {
      stream.once("connect", resolve);
      stream.once("error", reject);
    });
    return client;
  }

  /** All that was received, as Latin-1: a byte is a character. */
  get text(): string {
    return Buffer.concat(this.#chunks).toString("latin1");
  }

  /** Whether the server has ended, or the connection is lost. */
  get over(): boolean {
    return this.#over;
  }

  write(...parts: readonly (string | Uint8Array)[]): void {
    this.stream.write(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  }

  /** Waits until what was received satisfies the condition. */
  async until(condition: () => boolean, what: string, milliseconds = 5_000): Promise<void> {
    const deadline = Date.now() + milliseconds;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`waited for ${what}; received ${JSON.stringify(this.text)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Waits for the end of what the server sends, and returns all of it. */
  async all(): Promise<string> {
    await this.until(() => this.#over, "the end");
    return this.text;
  }

  close(): void {
    this.stream.destroy();
  }
}
