import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ALL_CASES } from "../src/cases/all-cases.ts";
import { coverage } from "../tables/coverage-table.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ROW = /\b(?:SH|CH|FR|MK|FG|CT|UT|DF|RS|LC|API)-\d+\b/g;

describe("the coverage page", () => {
  const { markdown, gaps } = coverage(ALL_CASES, testsByRow());

  it("leaves no requirement and no row without a case or a test", () => {
    expect(gaps).toEqual([]);
  });

  it("is up to date", async () => {
    await expect(markdown).toMatchFileSnapshot(join(ROOT, "docs/conformance-coverage.md"));
  });

  it("has a role, a section and an expectation for every case, and ids that are unique in a role", () => {
    const keys = ALL_CASES.map(({ role, id }) => `${role} ${id}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    for (const test of ALL_CASES) {
      expect(test.section, test.id).toMatch(/^(RFC \d+|advisory|CVE-)/);
      expect(test.expectation, test.id).toMatch(/\.$/);
      expect(test.input, test.id).not.toBe("");
    }
  });
});

/** Test files of the other packages that name a row, in the order of their paths. */
function testsByRow(): Map<string, string[]> {
  const tests = new Map<string, string[]>();
  for (const file of testFiles()) {
    const path = relative(ROOT, file).split(sep).join("/");
    for (const id of new Set(readFileSync(file, "utf8").match(ROW) ?? [])) {
      tests.set(id, [...(tests.get(id) ?? []), path]);
    }
  }
  return tests;
}

function testFiles(): string[] {
  const folders = ["packages", "apps"].flatMap((group) =>
    readdirSync(join(ROOT, group))
      .filter((name) => name !== "conformance")
      .flatMap((name) => [join(ROOT, group, name, "test"), join(ROOT, group, name, "src/testing")]),
  );
  return folders
    .flatMap(filesUnder)
    .filter((file) => /\.(test|contract|integration|suite|contract-suite)\.ts$|-contract\.ts$/.test(file))
    .sort();
}

function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
