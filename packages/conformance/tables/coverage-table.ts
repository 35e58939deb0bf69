import type { ConformanceCase } from "../src/case.ts";
import { matchesGlob } from "../src/selection.ts";
import { EVERY_CASE, type Requirement, RFC_6455, RFC_7692 } from "./requirements.ts";
import { ROWS } from "./rows.ts";

/** The page of `docs/`, and what is not covered. */
export interface Coverage {
  readonly markdown: string;
  /** Requirements and rows that nothing holds, and globs that match no case. */
  readonly gaps: readonly string[];
}

/** Tests by the row that they name: id to file paths. */
export type RowTests = ReadonlyMap<string, readonly string[]>;

/** Makes the page from the cases' own metadata, the list of requirements and the tests that name rows. */
export function coverage(cases: readonly ConformanceCase[], tests: RowTests): Coverage {
  const ids = [...new Set(cases.map(({ id }) => id))];
  const gaps: string[] = [];
  const rfc = (requirements: readonly Requirement[]): string[] =>
    requirements.map(({ id, level, text, cases: globs }) => {
      const empty = globs.filter((glob) => glob !== EVERY_CASE && !ids.some((known) => matchesGlob(glob, known)));
      gaps.push(...empty.map((glob) => `${id}: no case matches ${glob}`));
      const held = new Set(globs.flatMap((glob) => ids.filter((known) => matchesGlob(glob, known))));
      const cell = globs.map((glob) => (glob === EVERY_CASE ? "_every case_" : `\`${glob}\``)).join(" ");
      const count = globs.includes(EVERY_CASE) ? "all" : String(held.size);
      if (held.size === 0 && !globs.includes(EVERY_CASE)) gaps.push(`${id} is held by no case`);
      return `| RFC ${id} | ${level} | ${text} | ${cell} | ${count} |`;
    });
  const rows = ROWS.map(({ id, text }) => {
    const held = cases.filter(({ covers }) => covers.includes(id)).map((test) => test.id);
    const files = tests.get(id) ?? [];
    if (held.length === 0 && files.length === 0) gaps.push(`row ${id} is held by no case and named by no test`);
    return `| ${id} | ${text} | ${summary([...new Set(held)])} | ${files.map((file) => `\`${file}\``).join("<br>") || "–"} |`;
  });
  const known = new Set(ROWS.map(({ id }) => id));
  const beyond = new Set(cases.map(({ id }) => id.replace(/\..*$/, "")).filter((row) => !known.has(row)));
  return { markdown: page(cases, rfc, rows, [...beyond]), gaps };
}

function page(
  cases: readonly ConformanceCase[],
  rfc: (requirements: readonly Requirement[]) => string[],
  rows: readonly string[],
  beyond: readonly string[],
): string {
  const count = (role: string, group: string): number =>
    cases.filter((test) => test.role === role && (group === "thorough" || test.group === "core")).length;
  const head = ["| requirement | | in short | cases | how many |", "| --- | --- | --- | --- | --- |"];
  return [
    "# What the conformance suite covers",
    "",
    "Made from the metadata of the cases (`packages/conformance`); `pnpm vitest run packages/conformance/test/coverage.test.ts -u`",
    "makes it again, and the same test is red when it is out of date or when something is held by nothing.",
    "",
    `${count("server", "core")} cases for servers in \`core\`, ${count("server", "thorough")} in \`thorough\`; ` +
      `${count("client", "core")} and ${count("client", "thorough")} for clients. Framing cases run whole, byte by byte and in random splits.`,
    "",
    "_every case_: the driver holds the rule against each head and frame that the testee sends, whatever the case is about.",
    "",
    "## RFC 6455: what can be seen on the wire",
    "",
    ...head,
    ...rfc(RFC_6455),
    "",
    "## RFC 7692",
    "",
    ...head,
    ...rfc(RFC_7692),
    "",
    "## What an implementation has to withstand",
    "",
    "Beyond the basics, by id. What cannot be seen on the wire (memory, clocks, misuse of an API) is held by the tests that name the row.",
    "",
    "| row | what | conformance cases | tests |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    `Families of cases beyond these rows: ${[...beyond].sort().join(", ")}.`,
    "",
  ].join("\n");
}

/** `FR-2.0b … FR-2.65537t (58)`, or the ids themselves if they are few. */
function summary(ids: readonly string[]): string {
  if (ids.length === 0) return "–";
  if (ids.length <= 3) return ids.join(", ");
  return `${ids[0]} … ${ids.at(-1)} (${ids.length})`;
}
