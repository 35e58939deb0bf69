import process from "node:process";
import { serve } from "@samewire/node";
import { runServer } from "./process.ts";

await runServer(serve, `node ${process.versions.node}`);
