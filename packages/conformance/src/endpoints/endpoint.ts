import type { ConformanceCase } from "../case.ts";
import type { ConnectOptions } from "../connect-options.ts";
import type { OpenOptions, Peer, RunSettings } from "../peer.ts";

/** What one run needs of the side that reaches the testee. */
export interface Session {
  /** Resolves when the run can begin: at once, or when a self-driving client has come for it. */
  ready(): Promise<void>;
  /** The next connection to or from the testee, before its opening handshake (see `CaseContext.connect`). */
  connect(options?: ConnectOptions): Promise<Peer>;
  /** Completes the opening handshake on it. */
  open(peer: Peer, options: OpenOptions | undefined): Promise<void>;
  /** The run is over: connections are closed, and a client that was started for it is ended. */
  finish(): Promise<void>;
}

/** How the suite reaches a testee: by dialling a server, by starting clients, or by waiting for a self-driving one. */
export interface Endpoint {
  /** True if the suite starts a client of its own for each connection. */
  readonly launchesClients: boolean;
  /** False if the testee itself decides which runs there are, so that none can be repeated. */
  readonly repeats: boolean;
  /** Begins a run; `run` is its name, unique in the suite and fit for a URL. */
  begin(test: ConformanceCase, run: string, settings: RunSettings): Session;
  close(): Promise<void>;
}
