import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stages } from "../stages.mjs";
import { findTool, toolPath } from "../system-tools.mjs";

const folder = mkdtempSync(join(tmpdir(), "samewire-tools-"));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe("findTool", () => {
  it("finds a program by any of its names, and one that the environment names in its place", () => {
    const path = join(folder, "google-chrome");
    writeFileSync(path, "#!/bin/sh\n");
    vi.stubEnv("PATH", folder);
    vi.stubEnv("CHROMIUM", undefined);
    expect(findTool("chromium")).toBeUndefined();
    expect(() => toolPath("chromium")).toThrow("chromium is not installed");
    chmodSync(path, 0o755);
    expect(toolPath("chromium")).toBe(path);
    vi.stubEnv("CHROMIUM", join(folder, "other"));
    expect(findTool("chromium")).toBeUndefined();
    writeFileSync(join(folder, "other"), "#!/bin/sh\n", { mode: 0o755 });
    expect(findTool("chromium")).toBe(join(folder, "other"));
  });
});

describe("stages", () => {
  it("need every program that their tests are named after", () => {
    const needs = Object.fromEntries(stages.map((stage) => [stage.name, stage.needs]));
    expect(needs["with nginx"]).toEqual(["chromium", "nginx"]);
    expect(needs["with chromium"]).toEqual(["chromium"]);
    expect(needs["with curl"]).toEqual(["curl"]);
    expect(needs).not.toHaveProperty("with openssl");
  });
});
