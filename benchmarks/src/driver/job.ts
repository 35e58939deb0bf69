/** What the driver is asked to do: one load against one process, measured once. Passed as JSON on the command line. */

export interface CommonJob {
  /** The port that the subject listens on (0 in the client role, where the driver listens). */
  readonly port: number;
  /** The process whose CPU time and memory are read, or 0 when it is not known yet (client role: sent on stdin). */
  readonly pid: number;
  /** `websocket` performs the opening handshake and speaks frames; `raw` sends the same bytes over bare TCP. */
  readonly framing: "websocket" | "raw";
  readonly connections: number;
  /** Unmeasured time at the start, milliseconds: connections are made, code gets compiled. */
  readonly warmMs: number;
  /** Shortest length of the measured window, milliseconds. */
  readonly measureMs: number;
  /**
   * CPU seconds of the subject that the warm-up and the window shall each see, because a busy machine gives it less than a
   * window's worth, and its clock ticks in hundredths. Both are prolonged for it, up to four times.
   */
  readonly cpuGoal: number;
}

export interface EchoJob extends CommonJob {
  readonly kind: "echo";
  /** Messages in flight on each connection: a burst of this many is written at once, the next when all came back. */
  readonly depth: number;
  /** Payload octets in a message. */
  readonly size: number;
  readonly payload: "binary" | "ascii" | "mixed" | "json";
  /** Sets up permessage-deflate by this offer; the agreed parameters decide how bursts are compressed. */
  readonly deflateOffer?: string;
  /** Connections opened beside the busy ones, which never send. */
  readonly idle?: number;
  /** Ends the window after this many messages instead of `measureMs` (which then only bounds it). */
  readonly messages?: number;
  /** Writes every octet on its own. */
  readonly dribble?: boolean;
}

export interface ClientJob extends CommonJob {
  readonly kind: "client";
  readonly depth: number;
  readonly size: number;
  readonly payload: "binary" | "ascii" | "mixed";
}

export interface BroadcastJob extends CommonJob {
  readonly kind: "broadcast";
  readonly size: number;
}

export interface ChurnJob extends CommonJob {
  readonly kind: "churn";
  /** Upper bound of connections made in the window, so that local ports cannot run out. */
  readonly limit: number;
}

export interface IdleJob extends CommonJob {
  readonly kind: "idle";
  /** Exchanges one message of this size on each connection before it goes idle. */
  readonly size?: number;
  readonly deflateOffer?: string;
}

export type Job = EchoJob | ClientJob | BroadcastJob | ChurnJob | IdleJob;

export interface Outcome {
  /** Messages echoed (or delivered, or connections made) in the window. */
  readonly messages: number;
  readonly seconds: number;
  /** CPU time of the subject's process in the window, seconds. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** CPU time of the driver in the same window, seconds: near `seconds` means that the driver was the bottleneck. */
  readonly driverSeconds: number;
  /** Time from writing a burst to its last octet's return, microseconds; null where no burst was completed. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Resident memory of the subject at the end of the window, bytes. */
  readonly rss: number;
  /** Octets on the wire in the window, as the driver saw them. */
  readonly sent: number;
  readonly received: number;
  /** What the subject agreed to, in its own words. */
  readonly extensions: string;
  /** Idle memory: resident bytes before the connections and with them, both after a collection was asked for. */
  readonly rssBefore?: number;
  readonly rssBeforeCollected?: number;
  readonly rssCollected?: number;
}
