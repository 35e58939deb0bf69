import { spawn } from "node:child_process";
import { once } from "node:events";

/** A testee may take this long to say that it listens. */
const START_TIMEOUT = 20_000;

/**
 * A process of a testee.
 *
 * @typedef {{ url: string, stop: () => Promise<void> }} RunningServer
 */

/**
 * Starts an echo server and waits for its line `listening on ws://…`.
 *
 * @param {readonly string[]} command
 * @returns {Promise<RunningServer>}
 */
export async function startServer(command) {
  const child = startChild(command, "pipe");
  let said = "";
  const listening = new Promise((resolve) => {
    child.process.stdout?.on("data", (chunk) => {
      said += chunk;
      const match = /listening on (wss?:\/\/\S+)/.exec(said);
      if (match !== null) resolve(match[1]);
    });
  });
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${command.join(" ")} did not listen in time`)), START_TIMEOUT).unref();
  });
  const gone = child.exited.then((how) => {
    throw new Error(`${command.join(" ")} ${how} before it listened: ${child.stderr()}`);
  });
  gone.catch(() => {});
  const url = await Promise.race([listening, late, gone]);
  return { url: String(url).replace(/\/?$/, "/"), stop: child.stop };
}

/**
 * Starts a process in a group of its own, so that all it starts ends with it.
 *
 * @param {readonly string[]} command
 * @param {"pipe" | "ignore"} stdout
 */
export function startChild(command, stdout) {
  const [file = "", ...rest] = command;
  const child = spawn(file, rest, { stdio: ["ignore", stdout, "pipe"], detached: true });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr = (stderr + chunk).slice(-2_000);
  });
  const exited = Promise.race([
    once(child, "exit").then(([code, signal]) => (signal === null ? `exited with ${code}` : `was ended by ${signal}`)),
    once(child, "error").then(([error]) => `could not be started: ${error.message}`),
  ]);
  const signal = (/** @type {NodeJS.Signals} */ name) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group has ended already.
    }
  };
  return {
    process: child,
    exited,
    stderr: () => stderr,
    async stop() {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), 8_000);
      await exited;
      clearTimeout(timer);
      signal("SIGKILL");
    },
  };
}
