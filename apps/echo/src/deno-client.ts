import { connect } from "@samewire/deno";
import { runClient } from "./process.ts";

await runClient(connect);
