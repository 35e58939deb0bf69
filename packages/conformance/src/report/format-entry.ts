/** One log entry as one line of text: time, direction, and what it was. */

import type { FrameEntry, LogEntry } from "./report-model.ts";

const OPCODES: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};

/** The name of an opcode (RFC 6455 section 5.2), or `reserved 0xN`. */
export function opcodeName(opcode: number): string {
  return OPCODES[opcode] ?? `reserved 0x${opcode.toString(16)}`;
}

/** One line without a line break; control characters are escaped, so that a hostile peer cannot drive a terminal. */
export function formatEntry(entry: LogEntry): string {
  const time = `${entry.at.toFixed(1).padStart(7)} ms`;
  if (entry.type === "note") return `${time}  -- ${escapeControls(entry.text)}`;
  const arrow = entry.side === "suite" ? "suite  ->" : "testee ->";
  return `${time}  ${arrow} ${describe(entry)}`;
}

function describe(entry: Exclude<LogEntry, { type: "note" }>): string {
  switch (entry.type) {
    case "open":
      return "TCP connection";
    case "fin":
      return "FIN";
    case "reset":
      return "RST";
    case "bytes":
      return `${entry.length} bytes ${shorten(entry.hex, 32, entry.length)}`;
    case "head": {
      const first = entry.text.split("\r\n", 1)[0] ?? "";
      return `head of ${entry.length} bytes${entry.unfinished ? ", unfinished" : ""}: ${escapeControls(first).slice(0, 80)}`;
    }
    case "frame":
      return describeFrame(entry);
  }
}

function describeFrame(entry: FrameEntry): string {
  const flags = [entry.fin ? "FIN" : "", ...entry.rsv.map((bit, index) => (bit ? `RSV${index + 1}` : ""))];
  const parts = [opcodeName(entry.opcode), ...flags.filter((flag) => flag !== "")];
  parts.push(entry.maskingKey === undefined ? "unmasked" : `mask ${entry.maskingKey}`, `${entry.payloadLength} bytes`);
  if (entry.closeCode !== undefined) parts.push(`code ${entry.closeCode}`, escapeControls(entry.closeReason ?? ""));
  else parts.push(shorten(entry.unmasked ?? entry.payload, 16, Number(entry.payloadLength)));
  if (entry.missing !== undefined) parts.push(`(${entry.missing} bytes never came)`);
  return parts.filter((part) => part !== "").join(" ");
}

function shorten(hex: string, bytes: number, total: number): string {
  const shown = hex.slice(0, bytes * 2).replace(/(..)(?=.)/g, "$1 ");
  return total > bytes ? `${shown} …` : shown;
}

function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
