/** What an adapter that listens has to do, over real sockets: one suite for Node, Bun and Deno. */
import { describe } from "node:test";
import type { Adapter } from "./adapter.ts";
import { delaysSuite } from "./delays.ts";
import { exampleSuite } from "./example.ts";
import { exhaustionSuite } from "./exhaustion.ts";
import { framesSuite } from "./frames.ts";
import { handlersSuite } from "./handlers.ts";
import { openingSuite } from "./opening.ts";
import { transportsSuite } from "./transports.ts";

export function adapterSuite(name: string, adapter: Adapter): void {
  describe(`${name}: the example`, () => exampleSuite(adapter));
  describe(`${name}: opening handshake`, () => openingSuite(adapter));
  describe(`${name}: frames`, () => framesSuite(adapter));
  describe(`${name}: handlers`, () => handlersSuite(adapter));
  describe(`${name}: transports`, () => transportsSuite(adapter));
  describe(`${name}: delays`, () => delaysSuite(adapter));
  describe(`${name}: exhaustion`, () => exhaustionSuite(name, adapter));
}
