/**
 * Every client against every server, each pair two processes:
 *
 *   node apps/echo/interop/run.mjs [--clients NAME,NAME…] [--servers NAME,NAME…]
 *
 * Prints one table, and below it what failed and what could not be asked. Exits 1 if anything failed.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "selfsigned";
import { clientNames, runClient } from "./clients.mjs";
import { deviations } from "./deviations.mjs";
import { serverNames, startServer } from "./servers.mjs";

/** Clients at a time. More would only wait for each other on two cores. */
const CONCURRENCY = 2;

const { values } = parseArgs({ options: { clients: { type: "string" }, servers: { type: "string" } } });
const clients = values.clients?.split(",") ?? clientNames;
const servers = values.servers?.split(",") ?? serverNames;
for (const [chosen, known] of /** @type {const} */ ([
  [clients, clientNames],
  [servers, serverNames],
])) {
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    console.error(`"${unknown}" is none of ${known.join(", ")}`);
    process.exit(2);
  }
}

const folder = mkdtempSync(join(tmpdir(), "samewire-interop-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const made = await generate([{ name: "commonName", value: "localhost" }], {
  keyType: "ec",
  curve: "P-256",
  algorithm: "sha256",
  extensions: [
    { name: "basicConstraints", cA: false },
    {
      name: "subjectAltName",
      altNames: [
        { type: 2, value: "localhost" },
        { type: 7, ip: "127.0.0.1" },
      ],
    },
  ],
});
const cert = join(folder, "cert.pem");
const key = join(folder, "key.pem");
writeFileSync(cert, made.cert);
writeFileSync(key, made.private, { mode: 0o600 });

const started = await Promise.all(servers.map((name) => startServer(name, { cert, key })));

/**
 * A failure that is known is a deviation, a pass where one was known a failure.
 *
 * @param {string} client
 * @param {readonly [name: string, outcome: string, why: string][]} lines
 * @returns {[name: string, outcome: string, why: string][]}
 */
function judged(client, lines) {
  return lines.map(([name, outcome, why]) => {
    const known = deviations.find((one) => one.client === client && one.case === name);
    if (known === undefined) return [name, outcome, why];
    if (outcome === "failed") return [name, "deviation", known.why];
    return [name, "failed", "passes, though it is among the known deviations"];
  });
}

/** @typedef {{ client: string, server: string, lines: readonly [name: string, outcome: string, why: string][] }} Cell */
/** @type {Cell[]} */
const cells = [];
const jobs = clients.flatMap((client) => started.map((server) => ({ client, server })));
const began = Date.now();
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const { client, server } = job;
      const lines = judged(client, await runClient(client, server.about, cert));
      cells.push({ client, server: server.name, lines });
      const failed = lines.filter(([, outcome]) => outcome === "failed").length;
      console.error(`${client} -> ${server.name}: ${failed === 0 ? "passed" : `${failed} failed`}`);
    }
  }),
);
await Promise.all(started.map((server) => server.stop()));

/** @param {Cell | undefined} cell @param {string} outcome */
const countOf = (cell, outcome) => cell?.lines.filter(([, has]) => has === outcome).length ?? 0;
/** @param {string} client @param {string} server */
const cellOf = (client, server) => cells.find((cell) => cell.client === client && cell.server === server);

console.log(`| client \\ server | ${servers.join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(servers.length)}`);
for (const client of clients) {
  const row = servers.map((server) => {
    const cell = cellOf(client, server);
    const failed = countOf(cell, "failed");
    return `${countOf(cell, "passed")}${failed > 0 ? `, ${failed} FAILED` : ""}`;
  });
  console.log(`| ${client} | ${row.join(" | ")} |`);
}

/** @type {Map<string, string[]>} */
const reasons = new Map();
for (const { client, server, lines } of cells) {
  for (const [name, outcome, why] of lines) {
    if (outcome === "failed") console.log(`FAILED ${client} -> ${server}, ${name}: ${why}`);
    if (outcome === "left out" || outcome === "deviation")
      reasons.set(why, [...(reasons.get(why) ?? []), `${client} -> ${server}`]);
  }
}
for (const [why, pairs] of reasons) console.log(`not counted in ${pairs.length} pairs: ${why}`);
const total = (/** @type {string} */ outcome) => cells.reduce((sum, cell) => sum + countOf(cell, outcome), 0);
console.log(`${cells.length} pairs in ${((Date.now() - began) / 1000).toFixed(0)} s`);
console.log(`${total("passed")} passed, ${total("failed")} failed`);
process.exit(total("failed") === 0 ? 0 : 1);
