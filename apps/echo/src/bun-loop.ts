import process from "node:process";
import { connect } from "@samewire/bun";
import { runCases } from "./loop.ts";

// The suite's URL is the last argument.
await runCases(connect, process.argv.at(-1) ?? "");
process.exit(0);
