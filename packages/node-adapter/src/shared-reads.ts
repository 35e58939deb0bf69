import { Socket as NetSocket, type OnReadOpts, type SocketConstructorOpts } from "node:net";
import { LENT_CHUNK } from "@samewire/connection";
import { NodeSocket, ownerOf, simdMemory } from "@samewire/node-builtins";

let reads: OnReadOpts | undefined;

/**
 * For `net.connect` and the constructor of `net.Socket`: reads of every TCP connection of a process go into one buffer,
 * which the connection empties before the next read. A stream of Node's otherwise makes 64 KiB for each read, however
 * little comes, and passes it through its own buffer: docs/decisions/0009-shared-reads.md has what that costs.
 */
export function sharedReads(): OnReadOpts {
  if (reads !== undefined) return reads;
  const buffer = simdMemory(256 * 1024);
  reads = {
    buffer,
    callback(this: NetSocket, count: number): boolean {
      ownerOf(this).received(buffer.subarray(0, count), LENT_CHUNK);
      return true;
    },
  };
  return reads;
}

/** The Socket port over a stream that was made with {@link sharedReads}. */
export class SharedReadSocket extends NodeSocket {
  protected override read(): void {
    if (!this.stream.isPaused()) this.stream.resume();
  }
}

/** What `net.Socket` takes and its declarations leave out: the connection itself, as a server hands it to a socket. */
interface Adoption extends SocketConstructorOpts {
  readonly handle: unknown;
}

interface Accepted {
  _handle?: { readonly useUserBuffer?: unknown } | null;
}

/**
 * The Socket port over a connection that a server accepted, with `pauseOnConnect`. A server has no option for the
 * buffer, so that a second stream is made around the same connection; where Node should no longer let go of it, the
 * first one serves.
 */
export function adopt(accepted: NetSocket): NodeSocket {
  const holder = accepted as unknown as Accepted;
  const handle = holder._handle;
  if (typeof handle?.useUserBuffer !== "function") {
    accepted.resume();
    return new NodeSocket(accepted);
  }
  holder._handle = null;
  accepted.destroy();
  const options: Adoption = { handle, allowHalfOpen: true, onread: sharedReads() };
  return new SharedReadSocket(new NetSocket(options));
}
