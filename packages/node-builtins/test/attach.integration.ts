/** `attach` on servers of `node:http` and `node:https`, as Node, Bun and Deno each have them. */
import type { Runtime } from "@samewire/connection";
import { attachTo, nodeClock, randomFill, zlibEngine } from "@samewire/node-builtins";
import { attachSuite } from "./_attach-suite.ts";

const runtime: Runtime = { name: "test", clock: nodeClock, randomFill, deflate: zlibEngine };

attachSuite("node-builtins", (server, options) => attachTo(server, options, runtime));
