import type { ConformanceCase } from "../case.ts";
import { openAsClient } from "../opening.ts";
import { type OpenOptions, Peer, type RunSettings } from "../peer.ts";
import { dial, parseTarget, type Target } from "../transport/dial.ts";
import { Transport } from "../transport/transport.ts";
import type { Endpoint, Session } from "./endpoint.ts";

/** Tests the server that listens at a `ws:` or `wss:` URL. */
export class ServerEndpoint implements Endpoint {
  readonly launchesClients = false;
  readonly repeats = true;
  readonly #target: Target;

  constructor(url: string) {
    this.#target = parseTarget(url);
  }

  begin(_test: ConformanceCase, _run: string, settings: RunSettings): Session {
    const target = this.#target;
    const peers: Peer[] = [];
    return {
      ready: () => Promise.resolve(),
      async connect() {
        const { socket, tcp } = await dial(target, settings.testee.deadlines.answer);
        const peer = new Peer(new Transport(socket, settings.log, tcp), settings, target);
        peers.push(peer);
        return peer;
      },
      open: (peer: Peer, options: OpenOptions | undefined) => openAsClient(peer, options),
      finish() {
        for (const peer of peers) peer.transport.dispose();
        return Promise.resolve();
      },
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
