/** The programs that only the system can bring, and where they are: one answer for the gate and for the tests. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * A test that needs such programs is named after them: `page.chromium.test.ts`; it runs in the stage of the last one, and
 * that stage needs all of them.
 */
export const systemTools = ["chromium", "curl", "nginx", "openssl", "python3"];

/** Other names of a program, by preference. @type {Readonly<Record<string, readonly string[]>>} */
const names = { chromium: ["chromium", "chromium-browser", "google-chrome"] };

/** Debian keeps servers where the PATH of a user does not look. */
const foldersOfServers = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where a program is, if it is installed. The environment may name another, as in `CHROMIUM=/opt/chromium`.
 *
 * @param {string} tool
 * @returns {string | undefined}
 */
export function findTool(tool) {
  const chosen = process.env[tool.toUpperCase()];
  if (chosen !== undefined) return isExecutable(chosen) ? chosen : undefined;
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...foldersOfServers];
  return (names[tool] ?? [tool]).flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** Where a program is. @param {string} tool @returns {string} */
export function toolPath(tool) {
  const path = findTool(tool);
  if (path === undefined) throw new Error(`${tool} is not installed`);
  return path;
}
