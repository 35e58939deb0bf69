import { broadcastLoad } from "./broadcast-load.ts";
import { churnLoad } from "./churn-load.ts";
import { clientLoad } from "./client-load.ts";
import { echoLoad } from "./echo-load.ts";
import { idleLoad } from "./idle-load.ts";
import type { Job, Outcome } from "./job.ts";

const DEADLINE_MS = 120_000;

function run(job: Job): Promise<Outcome> {
  switch (job.kind) {
    case "echo":
      return echoLoad(job);
    case "client":
      return clientLoad(job);
    case "broadcast":
      return broadcastLoad(job);
    case "churn":
      return churnLoad(job);
    case "idle":
      return idleLoad(job);
  }
}

// A subject that stalls must not stall the benchmark.
setTimeout(() => {
  console.error("the load did not end in time");
  process.exit(1);
}, DEADLINE_MS).unref();

try {
  console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? "{}") as Job)));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
