import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { USAGE } from "../src/cli-options.ts";
import { ALL_CASES, parseTesteeOptions, renderJson, resolveTestee, VERDICTS } from "../src/index.ts";
import { sampleReport } from "./sample-reports.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const readme = read("../README.md");
const page = read("../../../docs/conformance.md");

describe("the README", () => {
  it("names every option of the command", () => {
    const flags = [...USAGE.matchAll(/--[a-z]+/g)].map(([flag]) => flag);
    expect(flags.filter((flag) => !readme.includes(flag))).toEqual([]);
  });

  it("names every member of the options file, with its default", () => {
    const defaults = Object.entries(resolveTestee({}));
    for (const [member, value] of defaults) {
      const row = readme.split("\n").find((line) => line.startsWith(`| \`${member}\` |`));
      expect(row, member).toBeDefined();
      if (typeof value === "boolean" || typeof value === "number") expect(row).toContain(`| \`${value}\` |`);
    }
    for (const [name, value] of Object.entries(resolveTestee({}).deadlines)) {
      expect(readme, name).toMatch(new RegExp(`\`deadlines\\.${name}\``));
      if (value !== 0) expect(readme, name).toContain(`\`deadlines.${name}\` (${value})`);
    }
  });

  it("has an example that is a valid options file, for cases that exist", () => {
    const [, example = ""] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
    const { skip } = parseTesteeOptions(example);
    const [glob = ""] = Object.keys(skip ?? {});
    expect(ALL_CASES.some(({ id }) => id.startsWith(glob.replace("*", "")))).toBe(true);
  });

  it("tells every verdict", () => {
    for (const verdict of VERDICTS) expect(readme).toContain(`| ${verdict} |`);
  });
});

describe("docs/conformance.md", () => {
  it("tells every member of the JSON report", () => {
    const [report] = JSON.parse(renderJson([sampleReport("x")])).reports;
    const [result] = report.results;
    const entries = result.runs[0].log;
    const members = [report, result, result.runs[0], ...entries].flatMap((value) => Object.keys(value));
    expect(members.filter((member) => !new RegExp(`\\b${member}\\b`).test(page))).toEqual([]);
  });

  it("tells every family of cases", () => {
    const families = new Set(ALL_CASES.map(({ id }) => id.replace(/-.*/, "")));
    const told = [...page.matchAll(/^\| ([A-Z]{2}(?:, [A-Z]{2})*) \|/gm)].flatMap(([, ids = ""]) => ids.split(", "));
    expect([...families].sort()).toEqual(told.sort());
  });
});
