// The self-driving client on workerd: a request on the Worker's control socket runs all cases. The suite's URL is the last argument.
import { runWorkerd } from "../workerd/run-workerd.mjs";

const workerd = runWorkerd({ role: "loop", bindings: { url: process.argv.at(-1) ?? "" } });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
void workerd.exited.then((how) => {
  console.error(how);
  process.exit(1);
});
await workerd.ready;
const { ok, body } = await workerd.ask();
if (!ok) console.error(body);
process.exit(ok ? 0 : 1);
