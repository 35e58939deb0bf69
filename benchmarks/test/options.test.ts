import { describe, expect, it } from "vitest";
import { parseOptions } from "../src/options.ts";
import { SCENARIOS } from "../src/scenarios.ts";

describe("options", () => {
  it("measure everything and write the report when nothing is said", () => {
    expect(parseOptions([], "docs")).toMatchObject({ scenarios: SCENARIOS, rounds: 9, out: "docs", quick: false });
  });

  it("take scenarios by the beginning of their ids, and print what is measured in part", () => {
    const options = parseOptions(["--", "echo-125-x16", "--runtime", "bun,deno", "--rounds", "3"], "docs");
    expect(options.scenarios.map(({ id }) => id)).toEqual(["echo-125-x16", "echo-125-x16-async"]);
    expect(options).toMatchObject({ runtimes: ["bun", "deno"], rounds: 3, out: undefined });
  });

  it("leave out what no target is set for", () => {
    const ids = parseOptions(["--targets"], "docs").scenarios.map(({ id }) => id);
    expect(ids).toContain("connections-10");
    expect(ids).not.toContain("churn");
  });

  it("take subjects by what participants go by", () => {
    expect(parseOptions(["churn", "--only", "ours,ws,upgrade,deno/tcp"], "docs").only).toEqual([
      "ours",
      "ws",
      "upgrade",
      "deno/tcp",
    ]);
  });

  it("say what they do not understand", () => {
    expect(() => parseOptions(["nothing"], "docs")).toThrow("no scenario begins with nothing");
    expect(() => parseOptions(["--runtime", "perl"], "docs")).toThrow("unknown runtime perl");
    expect(() => parseOptions(["--rounds", "0"], "docs")).toThrow("--rounds");
    expect(() => parseOptions(["churn", "--only", "ours,nobody"], "docs")).toThrow(
      "--only nobody names no subject: there are node/samewire, node/ws, node/ws-plain, ",
    );
    expect(() => parseOptions(["churn", "--only", "serve", "--runtime", "node"], "docs")).toThrow("names no subject");
    expect(() => parseOptions(["churn", "--merge"], "docs")).toThrow("--merge needs --out");
  });
});
