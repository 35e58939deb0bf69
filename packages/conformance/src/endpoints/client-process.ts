import { type ChildProcess, spawn } from "node:child_process";

/** What is kept of a client's stderr. */
const MAX_STDERR = 2_000;

/** A client under test that the suite started; it leads a process group of its own, so that all it starts ends with it. */
export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<string>;
  #stderr = "";
  #running = true;

  /** `{url}` in any argument becomes the URL; without one it is appended. */
  constructor(command: readonly string[], url: string) {
    const substituted = command.map((argument) => argument.replaceAll("{url}", url));
    const [file = "", ...rest] = command.some((argument) => argument.includes("{url}"))
      ? substituted
      : [...command, url];
    this.#child = spawn(file, rest, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString("utf8")).slice(-MAX_STDERR);
    });
    this.#exit = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#running = false;
        resolve(`could not be started: ${error.message}`);
      });
      this.#child.once("exit", (code, signal) => {
        this.#running = false;
        resolve(signal === null ? `exited with ${code}` : `was ended by ${signal}`);
      });
    });
  }

  /** Resolves with how it ended, in words. */
  get exit(): Promise<string> {
    return this.#exit;
  }

  /** The last of what it wrote to stderr. */
  get stderr(): string {
    return this.#stderr.trim();
  }

  /** Waits `patience` milliseconds for its own exit, then ends it. Resolves with how it ended. */
  async finish(patience: number): Promise<string> {
    const group = this.#child.pid;
    let signal: NodeJS.Signals = "SIGTERM";
    let timer = setTimeout(function end(): void {
      if (group !== undefined) kill(group, signal);
      signal = "SIGKILL";
      timer = setTimeout(end, 1_000);
    }, patience);
    const how = await this.#exit;
    clearTimeout(timer);
    // A wrapper may be gone while what it started still runs.
    if (group !== undefined) kill(group, "SIGKILL");
    return how;
  }

  get running(): boolean {
    return this.#running;
  }
}

function kill(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group has ended already.
  }
}
