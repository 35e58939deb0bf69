import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

it("docs/write-an-adapter.md shows the code that is tested", () => {
  const tested = ["_duplex-socket.ts", "_duplex-adapter.ts", "fifth-adapter.contract.ts"].map(read).join("\n");
  const shown = [...read("../../../../docs/write-an-adapter.md").matchAll(/```ts\n(.*?)```/gs)].flatMap(
    ([, code]) => code?.split("\n") ?? [],
  );
  expect(shown.length).toBeGreaterThan(25);
  expect(shown.filter((line) => line.trim() !== "" && !tested.includes(line.trim()))).toEqual([]);
});
