/** `pnpm echo-client <runtime> URL …`: runs the echo client of a runtime and passes signals and the exit status on. */
import { launch } from "./launcher.mjs";

await launch("client");
