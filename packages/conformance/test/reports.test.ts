import { randomBytes } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { renderHtml } from "../src/report/html-report.ts";
import { parseJsonReport, renderJson } from "../src/report/json-report.ts";
import { renderJunit } from "../src/report/junit-report.ts";
import { type PageData, pageData, shortenLog } from "../src/report/page-data.ts";
import { Progress } from "../src/report/progress.ts";
import { renderText } from "../src/report/text-report.ts";
import { HOSTILE, sampleReport } from "./sample-reports.ts";

describe("renderText", () => {
  const text = renderText([sampleReport("first")]);

  it("tells what failed with what was sent, expected and observed, how it was delivered, and the log's end", () => {
    expect(text).toContain("FAIL FR-2.126 Title of FR-2.126 <i> (RFC 6455 5.2)");
    expect(text).toContain("expected: Everything is echoed.");
    expect(text).toContain("delivery: bytes, seed 7");
    expect(text).toMatch(/testee -> FIN text, 5 bytes, unmasked: "Hello"/);
    expect(text).toContain("the testee closed TCP (FIN)");
  });

  it("counts every verdict and gives the reason of what was skipped", () => {
    expect(text).toContain("1 pass, 1 informational, 1 non-strict, 1 skipped, 1 fail in 1.2 s");
    expect(text).toContain("skipped 1: the testee does not support permessage-deflate");
  });

  it("never lets a peer's bytes reach the terminal as control characters", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("colours verdicts only where that is asked for", () => {
    expect(renderText([sampleReport("first")], { color: true })).toContain("\u001b[31mFAIL\u001b[0m");
  });
});

describe("renderJson", () => {
  it("gives back what went in, with schema and version", () => {
    const reports = [sampleReport("first"), sampleReport("second", "client")];
    const json = renderJson(reports);
    expect(JSON.parse(json)).toMatchObject({ schema: "samewire-conformance-report", version: 1 });
    expect(parseJsonReport(json)).toEqual(reports);
  });

  it("stays small where a message was large", () => {
    expect(renderJson([sampleReport("first")]).length).toBeLessThan(40_000);
  });

  it.each([
    ["no object", "[]"],
    ["another schema", '{"schema":"x","version":1,"reports":[]}'],
    ["another version", '{"schema":"samewire-conformance-report","version":2,"reports":[]}'],
    ["no reports", '{"schema":"samewire-conformance-report","version":1}'],
  ])("refuses to read %s", (_, json) => {
    expect(() => parseJsonReport(json)).toThrow(TypeError);
  });
});

describe("renderJunit", () => {
  const xml = renderJunit([sampleReport("first"), sampleReport("second")]);

  it("has one suite a testee, with its counts", () => {
    expect(xml).toContain('<testsuites name="WebSocket conformance" tests="10" failures="2" skipped="2" errors="0"');
    expect(xml.match(/<testsuite name="(first|second) server" tests="5" failures="1" skipped="1"/g)).toHaveLength(2);
  });

  it("is well-formed whatever a peer sent", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 section 2.2 forbids them
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u);
    expect(balanced(xml)).toBe(true);
    expect(xml).toContain("&lt;/script&gt;&lt;img src=x");
  });

  it("tells a failure's bytes and a non-strict verdict's reason", () => {
    expect(xml).toMatch(/<failure message="[^"]*">sent: 81 85[^<]*delivery: bytes, seed 7/);
    expect(xml).toContain("<system-out>non-strict: the code is 1006, not 1002</system-out>");
  });
});

describe("renderHtml", () => {
  const html = renderHtml([sampleReport("first"), sampleReport("second"), sampleReport("third", "client")]);

  it("refers to nothing outside of itself", () => {
    expect(html).not.toMatch(/\b(src|href)\s*=\s*["']?(https?:)?\/\//i);
    expect(html).not.toMatch(/@import|url\(/i);
    expect(html).toContain("default-src 'none'");
  });

  it("does not let a peer's bytes end the data element", () => {
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(html).not.toContain("<img");
  });

  it("does not grow with the payloads", () => {
    expect(html.length).toBeLessThan(60_000);
  });
});

describe("pageData", () => {
  const report = sampleReport("many");
  const unpack = (packed: string): PageData =>
    JSON.parse(inflateRawSync(Buffer.from(packed, "base64")).toString("utf8"));
  const entries = (data: PageData, verdict: string): number[] =>
    (data.testees[0]?.results ?? [])
      .flatMap((result) => result.runs.filter((run) => run.verdict === verdict))
      .map((run) => run.log.length);

  it("tells each case once and each result of it", () => {
    const { packed, cases } = pageData([report, report, sampleReport("other", "client")]);
    const data = unpack(packed);
    expect(cases).toBe(10);
    expect(data.cases).toHaveLength(10);
    expect(data.testees.map(({ results }) => results.length)).toEqual([5, 5, 5]);
  });

  it("keeps to its budget by shortening the logs of what passed first", () => {
    const log = Array.from({ length: 300 }, (_, at) => ({
      at,
      kind: "event" as const,
      text: randomBytes(20).toString("hex"),
    }));
    const lengthened = report.results.map((result) => ({
      ...result,
      runs: result.runs.map((run) => ({ ...run, log })),
    }));
    const large = [{ ...report, results: lengthened }];
    const whole = unpack(pageData(large).packed);
    expect([entries(whole, "pass")[0], entries(whole, "fail")[0]]).toEqual([201, 300]);
    const cut = pageData(large, 40_000);
    expect(cut.packed.length).toBeLessThanOrEqual(40_000);
    const short = unpack(cut.packed);
    expect(entries(short, "pass")[0]).toBeLessThan(entries(short, "fail")[0] as number);
  });
});

describe("shortenLog", () => {
  const log = Array.from({ length: 10 }, (_, at) => ({ at, kind: "event" as const, text: `${at}` }));

  it("keeps the beginning and the end and counts what lies between", () => {
    expect(shortenLog(log, 6).map(({ text }) => text)).toEqual([
      "0",
      "1",
      "2",
      "3",
      "… 4 entries left out …",
      "8",
      "9",
    ]);
    expect(shortenLog(log, 10)).toBe(log);
    expect(shortenLog(log, 0)).toEqual([]);
  });
});

describe("Progress", () => {
  const failed = sampleReport("x").results[1];
  if (failed === undefined) throw new Error("the sample has a failure");

  it("writes one line a failure where the output is no terminal", () => {
    const written: string[] = [];
    const progress = new Progress({ write: (text) => written.push(text) });
    progress.result({ ...failed, verdict: "pass" }, 1, 2);
    progress.result({ ...failed, reasons: ["two\nlines"] }, 2, 2);
    progress.end();
    expect(written).toEqual(["FAIL FR-2.126 Title of FR-2.126 <i>: two lines\n"]);
  });

  it("rewrites one line of the terminal's width", () => {
    const written: string[] = [];
    const progress = new Progress({ isTTY: true, columns: 20, write: (text) => written.push(text) });
    progress.result(failed, 3, 9);
    progress.end();
    expect(written).toEqual(["\r\u001b[2KFAIL FR-2.126 Titl…\n", "\r\u001b[2K3/9, 1 failed  FR-…", "\r\u001b[2K"]);
  });

  it("shows a peer's bytes only escaped", () => {
    const written: string[] = [];
    new Progress({ write: (text) => written.push(text) }).result({ ...failed, reasons: [HOSTILE] }, 1, 1);
    expect(written.join("")).not.toContain("\u001b[31m");
  });
});

/** Whether every element of the XML is closed in order; enough for a writer that makes no comments and no CDATA. */
function balanced(xml: string): boolean {
  const open: string[] = [];
  for (const [, closing, name, selfClosing] of xml.matchAll(/<(\/?)([a-z-]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (closing === "/" && open.pop() !== name) return false;
    if (closing === "" && selfClosing === "") open.push(name as string);
  }
  return open.length === 0;
}
