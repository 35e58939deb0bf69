/** One entry of a wire log as one line of text: time, direction, and what it was. */

import type { WireLogEntry } from "../wire-log.ts";
import { escapeControls } from "./escape-controls.ts";

/** One line without a line break; control characters are escaped, so that a hostile peer cannot drive a terminal. */
export function formatEntry(entry: WireLogEntry): string {
  const time = `${entry.at.toFixed(1).padStart(8)} ms`;
  const arrow = entry.direction === undefined ? "--       " : entry.direction === "sent" ? "suite  ->" : "testee ->";
  return `${time}  ${arrow} ${escapeControls(describe(entry))}`;
}

function describe(entry: WireLogEntry): string {
  if (entry.kind !== "bytes") return entry.kind === "head" ? headLine(entry.text) : entry.text;
  const chunks = entry.chunks === undefined || entry.chunks === 1 ? "" : ` in ${entry.chunks} pieces`;
  return `${entry.length ?? 0} bytes${chunks}: ${entry.hex ?? ""}`;
}

function headLine(text: string): string {
  const [first = "", ...rest] = text.trimEnd().split("\r\n");
  return `${first} (${rest.length} field lines)`;
}
