/**
 * The contract of the Socket port as a suite: what `packages/connection` relies on, whatever the runtime. An adapter
 * proves itself by running it over its own sockets; it is written for node:test, so that the same built file runs
 * under `node --test`, `bun test` and `deno test`.
 */
import { describe } from "node:test";
import { closingContract } from "./contract/closing-contract.ts";
import { dataContract } from "./contract/data-contract.ts";
import type { SocketFixture } from "./contract/ends.ts";
import { openingContract } from "./contract/opening-contract.ts";
import { pauseContract } from "./contract/pause-contract.ts";

export type { SocketFixture } from "./contract/ends.ts";

/** Defines the suite for one kind of socket. */
export function socketContract(fixture: SocketFixture): void {
  describe(`Socket contract: ${fixture.name}`, () => {
    openingContract(fixture);
    dataContract(fixture);
    pauseContract(fixture);
    closingContract(fixture);
  });
}
