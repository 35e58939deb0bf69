/** What a subject is told on its command line: one JSON argument. Alike for all, so that they do the same work. */
export interface Settings {
  /** `async` handlers wait for a settled promise before they answer, as one that looked something up would. */
  readonly handler: "sync" | "async";
  /** `echo` answers the sender; `broadcast` sends to everyone; `publish` does so through the library's own topics. */
  readonly mode: "echo" | "broadcast" | "publish";
  readonly deflate: boolean;
  /** Level that `ws` compresses at, where it is not its default. */
  readonly level?: number;
  /** Connections that a client subject makes. */
  readonly connections: number;
  /** Where a client subject connects. */
  readonly port: number;
  /** Octets of the read buffer, where the plain TCP server has a choice. */
  readonly readBuffer: number;
}

const DEFAULTS: Settings = {
  handler: "sync",
  mode: "echo",
  deflate: false,
  connections: 0,
  port: 0,
  readBuffer: 65_536,
};

export function parseSettings(text: string | undefined): Settings {
  return { ...DEFAULTS, ...(JSON.parse(text ?? "{}") as Partial<Settings>) };
}

/** The one line that says where a server subject listens. */
export function announce(port: number): void {
  console.log(JSON.stringify({ port }));
}

/** What an `async` handler waits for: a promise that is already settled, the cheapest wait there is. */
export async function lookup(): Promise<void> {}

/** Larger than any message of the scenarios. */
export const MAX_MESSAGE = 16_777_216;
