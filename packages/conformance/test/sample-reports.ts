/** A run as the reports see it: every verdict, every kind of log entry, and text that is hostile to each format. */

import type { CaseResult, RunResult, SuiteReport } from "../src/report.ts";
import { countVerdicts } from "../src/runner.ts";
import type { Verdict } from "../src/verdict.ts";
import { encodeFrame, text } from "../src/wire/frame.ts";
import { FrameReader } from "../src/wire/frame-reader.ts";
import { WireLog } from "../src/wire-log.ts";

/** A reason that breaks out of careless markup, drives a careless terminal, and is no well-formed XML. */
export const HOSTILE = "</script><img src=x onerror=alert(1)> \u001b[31m ]]> \u0000 \ud800 \"'&";

/** A log of an opening handshake, a masked 16 MiB message, an echo, raw bytes and a FIN. */
function sampleLog(): WireLog {
  const log = new WireLog();
  const head = "GET /?q=<b> HTTP/1.1\r\nHost: example\r\nUpgrade: websocket\r\n\r\n";
  log.head("sent", head);
  log.bytes("sent", new TextEncoder().encode(head));
  log.head("received", "HTTP/1.1 101 Switching Protocols\r\nX-Hostile: </script><script>alert(1)</script>\r\n\r\n");
  const large = encodeFrame(text(new Uint8Array(16 * 1024 * 1024).fill(0x61)), Uint8Array.of(1, 2, 3, 4));
  const reader = new FrameReader();
  log.bytes("sent", large);
  for (const frame of reader.push(large)) log.frame("sent", frame);
  const echo = Uint8Array.of(0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f);
  log.bytes("received", echo.subarray(0, 3));
  log.bytes("received", echo.subarray(3));
  for (const frame of new FrameReader().push(echo)) log.frame("received", frame);
  log.bytes("sent", Uint8Array.of(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4));
  log.event("the testee closed TCP (FIN)");
  return log;
}

const entries = sampleLog().entries();

function run(verdict: Verdict, reasons: readonly string[], delivery: RunResult["delivery"] = "whole"): RunResult {
  return { delivery, verdict, reasons, seed: 7, durationMs: 12, log: entries };
}

function result(id: string, verdict: Verdict, reasons: readonly string[]): CaseResult {
  const skipped = verdict === "skipped";
  return {
    id,
    title: `Title of ${id} <i>`,
    section: "RFC 6455 5.2",
    group: id === "UT-1" ? "thorough" : "core",
    role: "server",
    input: "81 85 37 fa 21 3d 7f 9f 4d 51 58",
    expectation: "Everything is echoed.",
    covers: [id],
    verdict,
    reasons,
    durationMs: 24,
    runs: skipped ? [] : [run("pass", []), run(verdict, reasons, "bytes")],
  };
}

/** One testee in one role with one result of each verdict. */
export function sampleReport(name: string, role: "server" | "client" = "server"): SuiteReport {
  const results = [
    result("FR-1", "pass", []),
    result("FR-2.126", "fail", [HOSTILE]),
    result("CT-1", "non-strict", ["the code is 1006, not 1002"]),
    result("SH-4", "informational", ["426 Upgrade Required"]),
    result("UT-1", "skipped", ["the testee does not support permessage-deflate"]),
  ].map((entry) => ({ ...entry, role }));
  return {
    suite: { name: "@samewire/conformance", version: "0.1.0" },
    testee: { name, role, target: "ws://127.0.0.1:9001" },
    group: "core",
    seed: 1,
    startedAt: "2026-01-02T03:04:05.678Z",
    durationMs: 1234,
    totals: countVerdicts(results.map(({ verdict }) => verdict)),
    results,
  };
}
