import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliUsageError, parseCli } from "../src/cli-options.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "samewire-conformance-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("parseCli", () => {
  it("takes a server's URL, with the defaults of a short run", () => {
    const options = parseCli(["server", "ws://127.0.0.1:9001/"]);
    expect(options).toMatchObject({ role: "server", url: "ws://127.0.0.1:9001/", group: "core", concurrency: 20 });
    expect(options.deliveries).toEqual(["whole", "bytes", "splits"]);
    expect(options.testee.name).toBe("ws://127.0.0.1:9001/");
  });

  it("takes a client's command behind --, options of its own included", () => {
    const options = parseCli(["client", "--port", "9001", "--strict", "--", "node", "client.mjs", "--loop"]);
    expect(options).toMatchObject({ role: "client", port: 9001, strict: true, loop: false });
    expect(options.command).toEqual(["node", "client.mjs", "--loop"]);
  });

  it("takes a client that drives itself without a command", () => {
    expect(parseCli(["client", "--port", "9001", "--loop"])).toMatchObject({ loop: true, command: [] });
  });

  it("reads the options file of a testee", () => {
    const file = join(folder, "good.json");
    writeFileSync(file, JSON.stringify({ name: "mine", compression: false, deadlines: { close: 100 } }));
    const { testee } = parseCli(["server", "ws://a/", "--options", file]);
    expect(testee).toMatchObject({ name: "mine", compression: false, deadlines: { answer: 10_000, close: 100 } });
  });

  it.each([
    ["nothing to test", ["sever", "ws://a/"]],
    ["a server without a URL", ["server"]],
    ["a client without a command", ["client", "--port", "1"]],
    ["an unknown option", ["server", "ws://a/", "--fast"]],
    ["an unknown group", ["server", "ws://a/", "--group", "all"]],
    ["an unknown delivery", ["server", "ws://a/", "--delivery", "bits"]],
    ["a port that is none", ["client", "--port", "70000", "--loop"]],
    ["a second URL", ["server", "ws://a/", "ws://b/"]],
    ["an options file that is not there", ["server", "ws://a/", "--options", "/nowhere.json"]],
  ])("refuses %s", (_what, argv) => {
    expect(() => parseCli(argv)).toThrow(CliUsageError);
  });

  it.each([
    ["an unknown member", '{"compresion": true}', /unknown option "compresion"/],
    ["a member of the wrong type", '{"maxMessageSize": "1 MiB"}', /must be a number/],
    ["no object", "[]", /one JSON object/],
  ])("refuses an options file with %s", (_what, json, message) => {
    const file = join(folder, "bad.json");
    writeFileSync(file, json);
    expect(() => parseCli(["server", "ws://a/", "--options", file])).toThrow(message);
  });
});
