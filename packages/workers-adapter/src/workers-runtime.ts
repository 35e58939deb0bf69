import { pakoEngine, type Runtime } from "@samewire/connection";
import { workersClock } from "./workers-clock.ts";

/** What workerd gives. Its compression streams cannot be flushed in the middle, so DEFLATE is pako's. */
export const workersRuntime: Runtime = {
  name: "workerd",
  clock: workersClock,
  randomFill(bytes) {
    crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
  },
  deflate: pakoEngine,
};
