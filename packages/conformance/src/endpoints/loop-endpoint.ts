import type { Socket } from "node:net";
import type { ConformanceCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { openAsServer } from "../opening.ts";
import { type OpenOptions, Peer, type RunSettings } from "../peer.ts";
import { parseTarget } from "../transport/dial.ts";
import { type Arrival, type Listener, listen } from "../transport/listener.ts";
import { Transport } from "../transport/transport.ts";
import type { Endpoint, Session } from "./endpoint.ts";
import { answerControl } from "./loop-control.ts";

/** A client that asks for nothing for this long has stopped. */
const IDLE_LIMIT = 180_000;

interface Slot {
  readonly test: ConformanceCase;
  readonly run: string;
  readonly sockets: Socket[];
  wake: (() => void) | undefined;
  over: boolean;
}

/**
 * Tests a client that drives itself: it asks `/getCaseCount`, makes one connection to `/runCase?case=N` for each N from 1 to
 * that count, echoing until it is closed, and ends with `/updateReports`. A run with several connections has as many numbers.
 */
export class LoopEndpoint implements Endpoint {
  readonly launchesClients = false;
  readonly repeats = false;
  /** Resolves when the client has asked for `/updateReports`, or has not asked for anything for 3 minutes. */
  readonly ended: Promise<void>;
  readonly #numbered: Slot[] = [];
  readonly #idleLimit: number;
  #end: () => void = () => {};
  #listener: Listener | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Why no further client is waited for; `undefined` while one is. */
  #stopped: string | undefined;

  private constructor(idleLimit: number) {
    this.#idleLimit = idleLimit;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Listens on `port` (0 for a free one) of 127.0.0.1. */
  static async start(port: number, idleLimit: number = IDLE_LIMIT): Promise<LoopEndpoint> {
    const endpoint = new LoopEndpoint(idleLimit);
    endpoint.#listener = await listen(port, (arrival) => endpoint.#arrive(arrival));
    return endpoint;
  }

  /** How many connections the client has to make: what `/getCaseCount` tells. */
  get count(): number {
    return this.#numbered.length;
  }

  /** The URL that the endpoints' paths are appended to. */
  get url(): string {
    return `ws://127.0.0.1:${this.#listener?.port}`;
  }

  begin(test: ConformanceCase, run: string, settings: RunSettings): Session {
    const slot: Slot = { test, run, sockets: [], wake: undefined, over: false };
    for (let connection = 0; connection < test.connections; connection += 1) this.#numbered.push(slot);
    const peers: Peer[] = [];
    return {
      ready: () => this.#socketFor(slot),
      connect: async () => {
        await this.#socketFor(slot);
        const transport = new Transport(slot.sockets.shift() as Socket, settings.log);
        const peer = new Peer(transport, settings, parseTarget(this.url));
        peers.push(peer);
        peer.request = await peer.readHead();
        return peer;
      },
      open: (peer: Peer, options: OpenOptions | undefined) => openAsServer(peer, options),
      finish: () => {
        slot.over = true;
        for (const socket of slot.sockets) socket.destroy();
        for (const peer of peers) peer.transport.dispose();
        return Promise.resolve();
      },
    };
  }

  /** A client is there, or was started: from now on it counts how long it asks for nothing. */
  watch(): void {
    clearTimeout(this.#idle);
    if (this.#stopped !== undefined) return;
    this.#idle = setTimeout(() => this.stop(`it asked for nothing for ${this.#idleLimit} ms`), this.#idleLimit);
  }

  /** No further client is waited for: what has no connection by now fails at once, with `why` in its reason. */
  stop(why = "it has ended"): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = why;
    clearTimeout(this.#idle);
    for (const slot of this.#numbered) slot.wake?.();
    this.#end();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#listener?.close();
  }

  async #socketFor(slot: Slot): Promise<void> {
    if (slot.sockets.length > 0) return;
    await new Promise<void>((resolve) => {
      slot.wake = resolve;
      if (this.#stopped !== undefined) resolve();
    });
    slot.wake = undefined;
    if (slot.sockets.length === 0) throw new CaseFailure(`the client did not come for this case: ${this.#stopped}`);
  }

  #arrive({ socket, resource }: Arrival): void {
    this.watch();
    const { pathname, searchParams } = new URL(resource, "http://suite");
    const slot = this.#numbered[Number(searchParams.get("case")) - 1];
    if (pathname !== "/runCase") {
      const count = this.#numbered.length;
      const info = slot && { id: slot.run, description: slot.test.title };
      void answerControl(socket, pathname, { count, info }).then(() => {
        if (pathname === "/updateReports") this.stop("it asked for /updateReports before");
      });
    } else if (slot === undefined || slot.over) socket.destroy();
    else {
      slot.sockets.push(socket);
      slot.wake?.();
    }
  }
}
