// `pnpm conformance:peers`: the suite against what users have elsewhere, and against ours; makes docs/conformance-peers.md.
// Options: --group core|thorough, --only TEXT (a part of a testee's name), --seed N.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderHtml, renderJson } from "@samewire/conformance";
import { PEERS } from "./peer-testees.mjs";
import { peersPage } from "./peers-page.mjs";
import { ROLES, RUNTIMES, samewire } from "./runtimes.mjs";
import { runTestee } from "./suite.mjs";

const { values } = parseArgs({
  options: {
    group: { type: "string", default: "core" },
    only: { type: "string", default: "" },
    seed: { type: "string", default: String(Date.now() % 2 ** 32) },
  },
});
const group = values.group === "thorough" ? "thorough" : "core";
const ours = ROLES.flatMap((role) => RUNTIMES.map((runtime) => samewire(runtime, role)));
const testees = [...PEERS, ...ours].filter(({ name }) => name.includes(values.only));

const reports = [];
for (const testee of testees) {
  const report = await runTestee(testee, { group, ids: [], seed: Number(values.seed) });
  const { pass, informational, skipped, fail } = report.totals;
  const counts = `${pass} pass, ${informational} informational, ${report.totals["non-strict"]} non-strict, ${skipped} skipped, ${fail} fail`;
  console.log(`${`${testee.name} ${testee.role}`.padEnd(36)} ${counts}`);
  reports.push(report);
}
const results = fileURLToPath(new URL("results", import.meta.url));
mkdirSync(results, { recursive: true });
writeFileSync(`${results}/peers.json`, renderJson(reports));
writeFileSync(`${results}/peers.html`, renderHtml(reports));
if (values.only === "") {
  writeFileSync(fileURLToPath(new URL("../../../docs/conformance-peers.md", import.meta.url)), peersPage(reports));
}
