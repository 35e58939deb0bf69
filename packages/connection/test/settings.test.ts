import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, resolveSettings, type Settings } from "../src/settings.ts";

const guide = readFileSync(new URL("../../../docs/guide.md", import.meta.url), "utf8");

/** A default in the words of the guide. */
function shown(name: string, value: unknown): string {
  if (/Timeout|Interval|Lifetime/.test(name)) return value === 0 ? "off" : `${Number(value) / 1000} s`;
  if (name === "maxHeaders") return String(value);
  return Number(value) < 1024 * 1024 ? `${Number(value) / 1024} KiB` : `${Number(value) / 1024 ** 2} MiB`;
}

describe("DEFAULT_SETTINGS", () => {
  it("are the limits and deadlines that the guide lists", () => {
    const table = guide.split("## Limits and deadlines")[1]?.split("\n## ")[0] ?? "";
    const listed: [string, string | undefined][] = [];
    for (const [, names = "", defaults = ""] of table.matchAll(/^\| (`.*?) \| (.*?) \|/gm)) {
      const values = defaults.split(/[,;] /);
      for (const [i, [, name = ""]] of [...names.matchAll(/`(\w+)`/g)].entries())
        listed.push([name, values[i] ?? values[0]]);
    }
    const known = listed.filter(([name]) => name in DEFAULT_SETTINGS);
    expect(known.map(([name]) => [name, shown(name, DEFAULT_SETTINGS[name as keyof Settings])])).toEqual(known);
    const numbers = Object.entries(DEFAULT_SETTINGS).filter(([, value]) => typeof value === "number");
    // That the length of a stream has no limit is said where streams are.
    expect(known.length).toBe(numbers.length - 1);
    expect(DEFAULT_SETTINGS).toMatchObject({
      maxStreamSize: Number.MAX_SAFE_INTEGER,
      overflow: "close",
      autoPong: true,
      compression: false,
    });
  });
});

describe("resolveSettings", () => {
  it("lets no water mark be over the next: whoever meets the cap is told when there is room again", () => {
    const marks = ({ lowWaterMark, highWaterMark, maxBufferedAmount }: Settings): readonly number[] => [
      lowWaterMark,
      highWaterMark,
      maxBufferedAmount,
    ];
    expect(marks(resolveSettings({ maxBufferedAmount: 1000 }))).toEqual([1000, 1000, 1000]);
    expect(marks(resolveSettings({ highWaterMark: 100 }))).toEqual([100, 100, 16 * 1024 * 1024]);
    expect(marks(resolveSettings({ lowWaterMark: 0, highWaterMark: 0 }))).toEqual([0, 0, 16 * 1024 * 1024]);
  });
});
