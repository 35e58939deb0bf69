/** The cases on workerd: the same command line as the other clients. */
import { readFileSync } from "node:fs";
import { runWorkerd } from "../workerd/run-workerd.mjs";

const [server = "", ca = ""] = process.argv.slice(2);
const workerd = runWorkerd({ role: "interop", bindings: { server }, trust: readFileSync(ca, "utf8") });
void workerd.exited.then((how) => {
  console.error(how);
  process.exit(1);
});
await workerd.ready;
const { body } = await workerd.ask();
console.log(body);
process.exit(0);
