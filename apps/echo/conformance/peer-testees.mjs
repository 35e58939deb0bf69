import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { runtimePath } from "../../../scripts/runtimes.mjs";

const MIB = 1024 * 1024;
const require = createRequire(import.meta.url);
const file = (/** @type {string} */ name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const version = (/** @type {string} */ name) => require(`${name}/package.json`).version;
const bun = runtimePath("bun");
const deno = runtimePath("deno");
const said = (/** @type {string} */ binary) =>
  /\d+\.\d+\.\d+/.exec(execFileSync(binary, ["--version"], { encoding: "utf8" }))?.[0];
const server = ["--port", "0"];
const DENO = [deno, "run", "-A", "--no-check"];

/** A limit that was set where the peer has one, so that cases about it can be asked. */
const LIMITED = { maxMessageSize: 64 * MIB, enforcesMaxMessageSize: true };
/** Where there is none that can be set, no case asks for more than the classic 16 MiB. */
const DEFAULT = { maxMessageSize: 16 * MIB };
const CLIENT = { subprotocol: "chat.v1" };

/**
 * Peers in the order of the table: what users of each runtime have there.
 *
 * @type {readonly import("./suite.mjs").Testee[]}
 */
export const PEERS = [
  {
    name: `ws ${version("ws")}`,
    role: "server",
    command: [process.execPath, file("ws-server.mjs"), ...server],
    options: LIMITED,
  },
  {
    name: `Bun.serve ${said(bun)}`,
    role: "server",
    command: [bun, file("bun-server.mjs"), ...server],
    options: LIMITED,
  },
  {
    name: `Deno.upgradeWebSocket ${said(deno)}`,
    role: "server",
    command: [...DENO, file("deno-server.mjs"), ...server],
    options: { ...DEFAULT, compression: false },
  },
  {
    name: `ws ${version("ws")}`,
    role: "client",
    command: [process.execPath, file("ws-loop.mjs")],
    options: { ...LIMITED, ...CLIENT },
  },
  {
    name: `undici ${version("undici")}`,
    role: "client",
    command: [process.execPath, file("whatwg-loop.mjs"), "undici"],
    options: { ...DEFAULT, ...CLIENT },
  },
  {
    name: `Bun's WebSocket ${said(bun)}`,
    role: "client",
    command: [bun, file("whatwg-loop.mjs")],
    options: { ...DEFAULT, ...CLIENT },
  },
  {
    name: `Deno's WebSocket ${said(deno)}`,
    role: "client",
    command: [...DENO, file("whatwg-loop.mjs")],
    options: { ...DEFAULT, ...CLIENT, compression: false },
  },
];
