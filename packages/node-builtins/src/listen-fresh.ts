import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { checkListen, type ListenAddress } from "./check-listen.ts";

/**
 * Listens; where a stale socket file is in the way, removes it and listens once more.
 *
 * @throws UsageError (rejects) if that is no place to listen
 */
export async function listenFresh<T>(where: ListenAddress, listen: () => T | Promise<T>): Promise<T> {
  checkListen(where);
  const { path } = where;
  try {
    return await listen();
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (path === undefined || !inUse || !(await removeStaleSocket(path))) throw error;
    return await listen();
  }
}

/**
 * Removes the file of a Unix socket that nobody listens on any more: a server that was killed leaves it behind, and
 * binding fails with EADDRINUSE until it is gone. A file that is no socket, or that answers, stays.
 *
 * @returns whether a file was removed
 */
async function removeStaleSocket(path: string): Promise<boolean> {
  const file = await lstat(path).catch(() => undefined);
  if (file === undefined || !file.isSocket()) return false;
  const stale = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
  if (!stale) return false;
  await unlink(path).catch(() => undefined);
  return true;
}
