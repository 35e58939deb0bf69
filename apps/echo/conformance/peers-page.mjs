/** The page of `docs/` that shows peers beside ours, from the reports of one run. */
const FAMILIES = [
  ["SH", "opening handshake, server"],
  ["CH", "opening handshake, client"],
  ["FR", "framing, reserved bits, lengths"],
  ["MK", "masking"],
  ["FG", "fragmentation"],
  ["CT", "Ping, Pong, Close"],
  ["UT", "UTF-8"],
  ["DF", "permessage-deflate"],
  ["RS", "resources under attack"],
  ["LC", "broken connections"],
];

/** @typedef {import("@samewire/conformance").SuiteReport} SuiteReport */

/**
 * @param {readonly SuiteReport[]} reports
 * @returns {string}
 */
export function peersPage(reports) {
  const [first] = reports;
  const date = first?.startedAt.slice(0, 10) ?? "";
  return [
    "# The conformance suite against peers and ours",
    "",
    `Made by \`pnpm conformance:peers\` from one run on ${date}: group \`${first?.group}\`, seed ${first?.seed}, Node ${process.versions.node}.`,
    "The programs are in `apps/echo/conformance/peers`; each echoes what it receives, with compression on where the peer has it.",
    "",
    "- **fail**: against a MUST or MUST NOT of RFC 6455, RFC 7692 or HTTP, or no reaction in time.",
    "- **non-strict**: allowed, but against a SHOULD, or a limit that the RFC permits ended the case.",
    "- **informational**: the RFC leaves the choice open. **skipped**: the testee has no such feature or no such limit.",
    "",
    ...role(reports, "server", "Servers"),
    ...role(reports, "client", "Clients"),
  ].join("\n");
}

/**
 * @param {readonly SuiteReport[]} all
 * @param {"server" | "client"} wanted
 * @param {string} title
 */
function role(all, wanted, title) {
  const reports = all.filter(({ testee }) => testee.role === wanted);
  return [
    `## ${title}`,
    "",
    "| testee | pass | informational | non-strict | fail | skipped |",
    "| --- | --- | --- | --- | --- | --- |",
    ...reports.map(({ testee, totals }) => {
      const { pass, informational, fail, skipped } = totals;
      return `| ${testee.name} | ${pass} | ${informational} | ${totals["non-strict"]} | ${fail} | ${skipped} |`;
    }),
    "",
    "Failed and non-strict cases by family:",
    "",
    `| family | ${reports.map(({ testee }) => testee.name).join(" | ")} |`,
    `| --- | ${reports.map(() => "---").join(" | ")} |`,
    ...FAMILIES.flatMap(([prefix = "", name]) => family(reports, prefix, name ?? "")),
    "",
    ...reports.flatMap(failures),
  ];
}

/** @param {readonly SuiteReport[]} reports @param {string} prefix @param {string} name */
function family(reports, prefix, name) {
  const cells = reports.map(({ results }) => {
    const own = results.filter(({ id, verdict }) => id.startsWith(`${prefix}-`) && verdict !== "skipped");
    const fail = own.filter(({ verdict }) => verdict === "fail").length;
    const soft = own.filter(({ verdict }) => verdict === "non-strict").length;
    if (own.length === 0) return "–";
    return fail + soft === 0 ? `0 of ${own.length}` : `**${fail}** + ${soft} of ${own.length}`;
  });
  return cells.every((cell) => cell === "–") ? [] : [`| ${prefix}: ${name} | ${cells.join(" | ")} |`];
}

/** @param {SuiteReport} report */
function failures({ testee, results }) {
  const failed = results.filter(({ verdict }) => verdict === "fail");
  if (failed.length === 0) return [];
  return [
    `<details><summary>${testee.name}: the ${failed.length} failed cases</summary>`,
    "",
    ...failed.map(
      ({ id, title, section, reasons }) => `- \`${id}\` ${plain(title)} (${section}): ${plain(reasons[0] ?? "")}`,
    ),
    "",
    "</details>",
    "",
  ];
}

/** @param {string} text */
function plain(text) {
  const short = text.length > 160 ? `${text.slice(0, 160)}…` : text;
  const printable = Array.from(short, (character) => (character < " " || character === "\x7f" ? " " : character)).join(
    "",
  );
  return printable.replace(/[|<>*_`\\]/g, "\\$&");
}
