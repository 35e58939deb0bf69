import process from "node:process";
import { serve } from "@samewire/deno";
import { runServer } from "./process.ts";

await runServer(serve, `deno ${process.versions.deno}`);
