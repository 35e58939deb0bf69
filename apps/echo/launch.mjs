/** `pnpm echo <runtime> --port N …`: runs the echo server of a runtime and passes signals and the exit status on. */
import { launch } from "./launcher.mjs";

await launch("server");
