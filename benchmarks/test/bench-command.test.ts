import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import type { Results } from "../src/results.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

// Costs milliseconds where the build is fresh, as it is in the gate.
beforeAll(() => run(process.execPath, ["scripts/ensure-built.mjs"], { cwd: ROOT }), 180_000);

/** One short round of one scenario, by the command itself: every runtime's server, peer and plain TCP answer rightly. */
it("measures ours, the peers and plain TCP on every runtime", { timeout: 90_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "samewire-bench-"));
  try {
    await run(process.execPath, ["benchmarks/bench.mjs", "echo-125-x16", "--quick", "--out", folder], {
      cwd: ROOT,
    });
    const results = JSON.parse(await readFile(join(folder, "benchmarks", "results.json"), "utf8")) as Results;
    expect(results.scenarios.map(({ id, runtime }) => `${id} ${runtime}`)).toEqual(
      ["echo-125-x16", "echo-125-x16-async"].flatMap((id) => ["node", "bun", "deno"].map((name) => `${id} ${name}`)),
    );
    for (const { id, runtime, subjects } of results.scenarios) {
      const floor = id === "echo-125-x16" && runtime !== "node" ? ["floor"] : [];
      expect(new Set(subjects.map(({ kind }) => kind))).toEqual(new Set(["ours", "peer", "tcp", ...floor]));
      for (const { id, figures, failure } of subjects) {
        expect(failure, id).toBeUndefined();
        expect(figures.rate.median, id).toBeGreaterThan(100);
      }
    }
    expect(JSON.stringify(results)).not.toContain(ROOT);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("writes a report anew from its figures, without measuring", async () => {
  const folder = await mkdtemp(join(tmpdir(), "samewire-bench-"));
  try {
    await mkdir(join(folder, "benchmarks"));
    const results = join(folder, "benchmarks", "results.json");
    await copyFile(join(ROOT, "docs/benchmarks/results.json"), results);
    await run(process.execPath, ["benchmarks/bench.mjs", "--rewrite", "--out", folder], { cwd: ROOT });
    for (const file of ["benchmarks.md", "benchmarks/results.html", "benchmarks/results.json"]) {
      expect(await readFile(join(folder, file), "utf8"), file).toBe(await readFile(join(ROOT, "docs", file), "utf8"));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("refuses before it measures: with 2 what was typed wrongly, with 1 a report that it cannot merge into", async () => {
  const folder = await mkdtemp(join(tmpdir(), "samewire-bench-"));
  const refusal = async (...args: readonly string[]): Promise<unknown> =>
    await run(process.execPath, ["benchmarks/bench.mjs", "churn", "--quick", ...args], { cwd: ROOT }).catch(
      (error: unknown) => error,
    );
  try {
    expect(await refusal("--only", "nobody")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--only nobody names no subject"),
    });
    expect(await refusal("--merge")).toMatchObject({ code: 2, stderr: expect.stringContaining("--merge needs --out") });
    const path = join(folder, "benchmarks", "results.json");
    await mkdir(join(folder, "benchmarks"));
    expect(await refusal("--rewrite", "--out", folder)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there is no report"),
    });
    await writeFile(path, "cut sho");
    expect(await refusal("--merge", "--out", folder)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is no report"),
    });
    expect(await readFile(path, "utf8")).toBe("cut sho");
  } finally {
    await rm(folder, { recursive: true });
  }
});
