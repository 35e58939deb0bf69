import { connect } from "@samewire/node";
import { runClient } from "./process.ts";

await runClient(connect);
