import process from "node:process";
import { serve } from "@samewire/bun";
import { runServer } from "./process.ts";

await runServer(serve, `bun ${process.versions.bun}`);
