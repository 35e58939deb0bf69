import { type AttachedServer, type AttachOptions, attachTo, type UpgradableServer } from "@samewire/node-builtins";
import { nodeRuntime } from "./node-runtime.ts";
import { toSocket } from "./shared-reads.ts";

/**
 * Serves WebSocket on an existing server of `node:http` or `node:https` through its `upgrade` event, beside the
 * application or framework that answers its requests. The server goes on listening: `drain` and `close` end the
 * connections and detach.
 */
export function attach<C = undefined>(server: UpgradableServer, options: AttachOptions<C>): AttachedServer<C> {
  return attachTo(server, options, nodeRuntime, toSocket);
}
