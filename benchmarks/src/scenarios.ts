import type { BroadcastJob, ChurnJob, ClientJob, EchoJob, IdleJob } from "./driver/job.ts";
import type { Settings } from "./subjects/settings.ts";

type Common = "port" | "pid" | "framing" | "warmMs" | "measureMs" | "cpuGoal";
export type JobShape =
  | Omit<EchoJob, Common>
  | Omit<ClientJob, Common>
  | Omit<BroadcastJob, Common>
  | Omit<ChurnJob, Common>
  | Omit<IdleJob, Common>;

export interface Variant {
  /** Kind or id of the subjects that it is made of. */
  readonly of: string;
  /** Appended to the id, after a slash, and to the label, after a comma. */
  readonly suffix: string;
  readonly label: string;
  readonly settings: Partial<Settings>;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** What one unit of work is. */
  readonly unit: "message" | "delivery" | "connection";
  readonly job: JobShape;
  readonly settings?: Partial<Settings>;
  /** Milliseconds of warm-up and of the measured window, where the usual 300 and 900 do not fit. */
  readonly warmMs?: number;
  readonly measureMs?: number;
  /** CPU seconds that warm-up and window shall see, where the usual 0.4 do not fit: 0 where the subject mostly waits. */
  readonly cpuGoal?: number;
  /** In `--quick`; with these connections, if the usual number is too many for a smoke test. */
  readonly quick?: boolean;
  readonly quickConnections?: number;
  /** Subjects for which it makes no sense, by id, with the reason. */
  readonly without?: Readonly<Record<string, string>>;
  /** The process starts afresh for every round: what is measured depends on its history (memory). */
  readonly fresh?: boolean;
  /** Whether the floor is measured beside it, where the runtime has one. */
  readonly floor?: boolean;
  /** Subjects measured a second time with other settings. */
  readonly variants?: readonly Variant[];
}

const echo = (job: Partial<EchoJob> & { readonly size: number; readonly depth: number }): JobShape => ({
  kind: "echo",
  connections: 64,
  payload: "binary",
  ...job,
});
/** Deno alone asks its caller for a read buffer: the size that ours starts with. */
const SMALL_BUFFER: Variant = { of: "deno/tcp", suffix: "1k", label: "1 KiB buffer", settings: { readBuffer: 1024 } };
/** Each at its default, and `ws` at the level of ours as well. */
const LEVELS = "level: samewire 1, ws 6 and 1, Bun.serve its own";
const WS_LEVEL_1: Variant = { of: "node/ws", suffix: "level-1", label: "level 1", settings: { level: 1 } };
const NO_DEFLATE = "has no permessage-deflate";
const TAKEOVER = "permessage-deflate";
const NO_TAKEOVER = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";
const DEFLATE_WITHOUT = { "deno/upgrade": NO_DEFLATE };

export const SCENARIOS: readonly Scenario[] = [
  {
    id: "echo-125-x1",
    title: "echo, 125 B binary, 1 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 125, depth: 1 }),
    floor: true,
    quick: true,
  },
  {
    id: "echo-125-x16",
    title: "echo, 125 B binary, 16 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 125, depth: 16 }),
    floor: true,
    quick: true,
  },
  {
    id: "echo-125-x16-async",
    title: "echo, 125 B binary, 16 in flight, 64 connections, async handler",
    unit: "message",
    job: echo({ size: 125, depth: 16 }),
    settings: { handler: "async" },
    quick: true,
  },
  {
    id: "echo-125-text-x16",
    title: "echo, 125 B text, 16 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 125, depth: 16, payload: "ascii" }),
  },
  {
    id: "echo-300-text-x4",
    title: "echo, 300 B text, 4 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 300, depth: 4, payload: "ascii" }),
    floor: true,
  },
  {
    id: "echo-300-mixed-x4",
    title: "echo, 300 B text beyond ASCII, 4 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 300, depth: 4, payload: "mixed" }),
  },
  {
    id: "echo-16k-x1",
    title: "echo, 16 KiB binary, 1 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 16_384, depth: 1 }),
    floor: true,
  },
  {
    id: "echo-16k-text-x1",
    title: "echo, 16 KiB text, 1 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 16_384, depth: 1, payload: "ascii" }),
    floor: true,
  },
  {
    id: "echo-64k-x8",
    title: "echo, 64 KiB binary, 8 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 65_536, depth: 8 }),
    floor: true,
    quick: true,
  },
  {
    id: "echo-64k-text-x8",
    title: "echo, 64 KiB text, 8 in flight, 64 connections",
    unit: "message",
    job: echo({ size: 65_536, depth: 8, payload: "ascii" }),
    floor: true,
  },
  {
    id: "echo-1m",
    title: "echo, 1 MiB binary, 1 in flight, 8 connections",
    unit: "message",
    job: echo({ size: 1_048_576, depth: 1, connections: 8 }),
    floor: true,
  },
  {
    id: "echo-1m-text",
    title: "echo, 1 MiB text, 1 in flight, 8 connections",
    unit: "message",
    job: echo({ size: 1_048_576, depth: 1, connections: 8, payload: "ascii" }),
    floor: true,
  },
  {
    id: "ping-pong",
    title: "echo, 125 B binary, 1 in flight, a single connection",
    unit: "message",
    job: echo({ size: 125, depth: 1, connections: 1 }),
  },
  {
    id: "broadcast-1000",
    title: "broadcast, 125 B to 1,000 connections",
    unit: "delivery",
    job: { kind: "broadcast", connections: 1000, size: 125 },
    settings: { mode: "broadcast" },
    quick: true,
    quickConnections: 200,
    variants: [{ of: "ours", suffix: "topic", label: "topic", settings: { mode: "publish" } }],
  },
  {
    id: "deflate-1k-x16",
    title: `echo, 1 KiB JSON, deflated both ways with context takeover, 16 in flight, 64 connections (${LEVELS})`,
    unit: "message",
    job: echo({ size: 1024, depth: 16, payload: "json", deflateOffer: TAKEOVER }),
    settings: { deflate: true },
    without: DEFLATE_WITHOUT,
    variants: [WS_LEVEL_1],
    quick: true,
  },
  {
    id: "deflate-1k-x16-no-takeover",
    title: `echo, 1 KiB JSON, deflated both ways without context takeover, 16 in flight, 64 connections (${LEVELS})`,
    unit: "message",
    job: echo({ size: 1024, depth: 16, payload: "json", deflateOffer: NO_TAKEOVER }),
    settings: { deflate: true },
    without: DEFLATE_WITHOUT,
    variants: [WS_LEVEL_1],
  },
  {
    id: "busy-100-idle-10000",
    title: "echo, 125 B binary, 1 in flight on 100 connections beside 10,000 idle ones",
    unit: "message",
    job: echo({ size: 125, depth: 1, connections: 100, idle: 10_000 }),
    warmMs: 800,
  },
  ...[10, 100, 1000, 10_000].map(
    (connections): Scenario => ({
      id: `connections-${connections}`,
      title: `echo, 125 B binary, 1 in flight on ${connections.toLocaleString("en")} connections, 60,000 messages`,
      unit: "message",
      job: echo({ size: 125, depth: 1, connections, messages: 60_000 }),
      warmMs: 800,
      measureMs: 10_000,
    }),
  ),
  {
    id: "idle-1000",
    title: "idle memory, 1,000 connections",
    unit: "connection",
    job: { kind: "idle", connections: 1000 },
    warmMs: 700,
    measureMs: 1000,
    fresh: true,
    variants: [SMALL_BUFFER],
  },
  {
    id: "idle-10000",
    title: "idle memory, 10,000 connections",
    unit: "connection",
    job: { kind: "idle", connections: 10_000 },
    warmMs: 700,
    measureMs: 1500,
    fresh: true,
    variants: [SMALL_BUFFER],
  },
  {
    id: "idle-deflate-10000",
    title: "idle memory, 10,000 connections after one compressed 1 KiB message each",
    unit: "connection",
    job: { kind: "idle", connections: 10_000, size: 1024, deflateOffer: TAKEOVER },
    settings: { deflate: true },
    without: DEFLATE_WITHOUT,
    warmMs: 700,
    measureMs: 2500,
    fresh: true,
  },
  {
    id: "churn",
    title: "connections opened and closed, 32 at a time",
    unit: "connection",
    job: { kind: "churn", connections: 32, limit: 30_000 },
    cpuGoal: 0.2,
    quick: true,
  },
  {
    id: "client-125-x1",
    title: "client role: echo, 125 B binary, 1 in flight, 64 connections",
    unit: "message",
    job: { kind: "client", connections: 64, depth: 1, size: 125, payload: "binary" },
  },
  {
    id: "client-125-x16",
    title: "client role: echo, 125 B binary, 16 in flight, 64 connections",
    unit: "message",
    job: { kind: "client", connections: 64, depth: 16, size: 125, payload: "binary" },
    quick: true,
  },
  {
    id: "client-16k-x1",
    title: "client role: echo, 16 KiB binary, 1 in flight, 64 connections",
    unit: "message",
    job: { kind: "client", connections: 64, depth: 1, size: 16_384, payload: "binary" },
  },
  {
    id: "dribble-125",
    title: "echo, 125 B binary that arrives one octet at a time, 64 connections",
    unit: "message",
    job: echo({ size: 125, depth: 1, dribble: true }),
    measureMs: 2000,
    cpuGoal: 0.2,
  },
];
