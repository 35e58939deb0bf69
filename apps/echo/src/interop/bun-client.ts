import { connect } from "@samewire/bun";
import { runClient } from "./run-client.ts";
import { samewireClient } from "./samewire-client.ts";

await runClient((ca) => samewireClient(connect, ca));
