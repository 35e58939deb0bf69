import { type PeerInfo, PromiseSocket } from "@samewire/connection";

/** The Socket port over a `Deno.Conn`. */
export class DenoSocket extends PromiseSocket {
  readonly copies: boolean;
  readonly #conn: Deno.Conn;

  constructor(conn: Deno.Conn, secure: boolean) {
    super();
    this.#conn = conn;
    this.copies = secure;
  }

  peer(): PeerInfo {
    const { remoteAddr } = this.#conn;
    if (!("port" in remoteAddr)) return { secure: this.copies };
    return { address: remoteAddr.hostname, port: remoteAddr.port, secure: this.copies };
  }

  protected beginRead(): void {
    this.#conn.read(this.input.bytes).then(this.didRead, this.didNotRead);
  }

  protected beginWrite(bytes: Uint8Array): void {
    this.#conn.write(bytes).then(this.didWrite, this.didFail);
  }

  protected beginEnd(): void {
    const done = (): void => this.didEnd();
    this.#conn.closeWrite().then(done, done);
  }

  protected closeNow(): void {
    this.#conn.close();
  }
}
