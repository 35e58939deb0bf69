/** Progress on a terminal: one line that is rewritten, or a line a failure where the output is not a terminal. */

import type { CaseResult } from "../report.ts";
import { escapeControls } from "./escape-controls.ts";

const CLEAR_LINE = "\r\u001b[2K";

/** What `Progress` needs of a stream; `process.stderr` has it. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Told of each case as it ends. Failures stay on the screen; the counter is overwritten. */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #live: boolean;
  #failed = 0;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
    this.#live = stream.isTTY === true;
  }

  /** Tells of one more ended case, the `done`-th of `total`. */
  result(result: CaseResult, done: number, total: number): void {
    if (result.verdict === "fail") {
      this.#failed += 1;
      const clear = this.#live ? CLEAR_LINE : "";
      this.#stream.write(`${clear}${this.#fit(`FAIL ${result.id} ${result.title}: ${result.reasons[0] ?? ""}`)}\n`);
    }
    if (!this.#live) return;
    const failed = this.#failed === 0 ? "" : `, ${this.#failed} failed`;
    this.#stream.write(CLEAR_LINE + this.#fit(`${done}/${total}${failed}  ${result.id} ${result.title}`));
  }

  /** Removes the counter. */
  end(): void {
    if (this.#live) this.#stream.write(CLEAR_LINE);
  }

  /** One line: a longer one would wrap, and could not be rewritten. */
  #fit(text: string): string {
    const line = escapeControls(text.replaceAll("\n", " "));
    if (!this.#live) return line;
    const width = (this.#stream.columns ?? 80) - 1;
    return line.length > width ? `${line.slice(0, width - 1)}…` : line;
  }
}
