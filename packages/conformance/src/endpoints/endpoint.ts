import type { ConformanceCase } from "../case.ts";
import type { OpenOptions, Peer, RunSettings } from "../peer.ts";

/** What one run needs of the side that reaches the testee. */
export interface Session {
  /** The next connection to or from the testee, before its opening handshake (see `CaseContext.connect`). */
  connect(): Promise<Peer>;
  /** Completes the opening handshake on it. */
  open(peer: Peer, options: OpenOptions | undefined): Promise<void>;
  /** The run is over: connections are closed, and a client that was started for it is ended. */
  finish(): Promise<void>;
}

/** How the suite reaches a testee: by dialling a server, by starting clients, or by waiting for a self-driving one. */
export interface Endpoint {
  /** True if the suite starts a client of its own for each connection. */
  readonly launchesClients: boolean;
  /** Begins the run of one delivery of a case; `run` is unique in the suite and fit for a URL. */
  begin(test: ConformanceCase, run: string, settings: RunSettings): Session;
  close(): Promise<void>;
}
