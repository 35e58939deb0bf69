import { type PeerInfo, PromiseSocket } from "@samewire/connection";

/** The Socket port over a `Deno.Conn`. */
export class DenoSocket extends PromiseSocket {
  readonly #conn: Deno.Conn;
  readonly #secure: boolean;

  constructor(conn: Deno.Conn, secure: boolean) {
    super();
    this.#conn = conn;
    this.#secure = secure;
  }

  peer(): PeerInfo {
    const { remoteAddr } = this.#conn;
    if (!("hostname" in remoteAddr)) return { secure: this.#secure };
    return { address: remoteAddr.hostname, port: remoteAddr.port, secure: this.#secure };
  }

  protected beginRead(): void {
    this.#conn.read(this.input.bytes).then(this.didRead, this.didRead);
  }

  protected beginWrite(bytes: Uint8Array): void {
    this.#conn.write(bytes).then(this.didWrite, this.didWrite);
  }

  protected beginEnd(): void {
    const done = (): void => this.didEnd();
    this.#conn.closeWrite().then(done, done);
  }

  protected closeNow(): void {
    this.#conn.close();
  }
}
