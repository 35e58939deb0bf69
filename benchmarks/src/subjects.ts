import type { RuntimeName } from "./runtimes.ts";
import type { Settings } from "./subjects/settings.ts";

/** `floor`: the least that a server in JavaScript can spend, where a target is missed and one asks by how much it could be. */
export type SubjectKind = "ours" | "peer" | "floor" | "tcp";

/** One thing that is measured: ours, a peer, or plain TCP on the same runtime. */
export interface Subject {
  readonly id: string;
  readonly label: string;
  readonly runtime: RuntimeName;
  readonly kind: SubjectKind;
  readonly role: "server" | "client";
  /** Name of the built file. */
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Partial<Settings>;
  /** Only when the package it needs is installed, which the lock file does not ask for. */
  readonly needs?: string;
}

const WITHOUT_ADDONS = { WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" };

const SERVERS: readonly Subject[] = [
  { id: "node/samewire", label: "samewire", runtime: "node", kind: "ours", role: "server", file: "node/samewire" },
  {
    id: "node/ws",
    label: "ws + bufferutil + utf-8-validate",
    runtime: "node",
    kind: "peer",
    role: "server",
    file: "node/ws",
  },
  {
    id: "node/ws-plain",
    label: "ws",
    runtime: "node",
    kind: "peer",
    role: "server",
    file: "node/ws",
    env: WITHOUT_ADDONS,
  },
  {
    id: "node/uws",
    label: "µWebSockets.js",
    runtime: "node",
    kind: "peer",
    role: "server",
    file: "node/uws",
    needs: "uws-pack",
  },
  { id: "node/tcp", label: "plain TCP", runtime: "node", kind: "tcp", role: "server", file: "node/tcp" },
  { id: "bun/samewire", label: "samewire", runtime: "bun", kind: "ours", role: "server", file: "bun/samewire" },
  { id: "bun/serve", label: "Bun.serve", runtime: "bun", kind: "peer", role: "server", file: "bun/serve" },
  {
    id: "bun/floor",
    label: "the least in JavaScript",
    runtime: "bun",
    kind: "floor",
    role: "server",
    file: "bun/floor",
  },
  { id: "bun/tcp", label: "plain TCP", runtime: "bun", kind: "tcp", role: "server", file: "bun/tcp" },
  { id: "deno/samewire", label: "samewire", runtime: "deno", kind: "ours", role: "server", file: "deno/samewire" },
  {
    id: "deno/upgrade",
    label: "Deno.upgradeWebSocket",
    runtime: "deno",
    kind: "peer",
    role: "server",
    file: "deno/upgrade",
  },
  {
    id: "deno/floor",
    label: "the least in JavaScript",
    runtime: "deno",
    kind: "floor",
    role: "server",
    file: "deno/floor",
  },
  { id: "deno/tcp", label: "plain TCP", runtime: "deno", kind: "tcp", role: "server", file: "deno/tcp" },
];

const CLIENTS: readonly Subject[] = [
  {
    id: "node/samewire",
    label: "samewire",
    runtime: "node",
    kind: "ours",
    role: "client",
    file: "node/samewire-client",
  },
  {
    id: "node/ws",
    label: "ws + bufferutil + utf-8-validate",
    runtime: "node",
    kind: "peer",
    role: "client",
    file: "node/ws-client",
  },
  {
    id: "node/ws-plain",
    label: "ws",
    runtime: "node",
    kind: "peer",
    role: "client",
    file: "node/ws-client",
    env: WITHOUT_ADDONS,
  },
  {
    id: "node/undici",
    label: "undici WebSocket",
    runtime: "node",
    kind: "peer",
    role: "client",
    file: "node/undici-client",
  },
  { id: "node/tcp", label: "plain TCP", runtime: "node", kind: "tcp", role: "client", file: "node/tcp-client" },
  { id: "bun/samewire", label: "samewire", runtime: "bun", kind: "ours", role: "client", file: "bun/samewire-client" },
  {
    id: "bun/built-in",
    label: "Bun's WebSocket",
    runtime: "bun",
    kind: "peer",
    role: "client",
    file: "built-in-client",
  },
  { id: "bun/tcp", label: "plain TCP", runtime: "bun", kind: "tcp", role: "client", file: "bun/tcp-client" },
  {
    id: "deno/samewire",
    label: "samewire",
    runtime: "deno",
    kind: "ours",
    role: "client",
    file: "deno/samewire-client",
  },
  {
    id: "deno/built-in",
    label: "Deno's WebSocket",
    runtime: "deno",
    kind: "peer",
    role: "client",
    file: "built-in-client",
  },
  { id: "deno/tcp", label: "plain TCP", runtime: "deno", kind: "tcp", role: "client", file: "deno/tcp-client" },
];

export function subjectsFor(role: "server" | "client", runtime: RuntimeName): readonly Subject[] {
  return (role === "server" ? SERVERS : CLIENTS).filter((subject) => subject.runtime === runtime);
}
