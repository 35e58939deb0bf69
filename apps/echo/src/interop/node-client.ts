import { connect } from "@samewire/node";
import { runClient } from "./run-client.ts";
import { samewireClient } from "./samewire-client.ts";

await runClient((ca) => samewireClient(connect, ca));
