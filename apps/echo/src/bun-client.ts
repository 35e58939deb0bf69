import { connect } from "@samewire/bun";
import { runClient } from "./process.ts";

await runClient(connect);
