import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

it("docs/other-libraries.md shows the code that is tested", () => {
  const shown = [...read("../../../../docs/other-libraries.md").matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  expect(shown).toEqual([read("_duplex-of.ts"), read("_only-theirs.ts")]);
});
