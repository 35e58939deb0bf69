/**
 * Type-checks every TypeScript project of the workspace: the sources of each package with exactly the globals they may use,
 * and their tests with those of the runtime that runs them. Two compilers at a time, the slowest work there is here.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { workspaceFolders } from "./packages.mjs";
import { root } from "./runtimes.mjs";

/** Folders below a package that hold a tsconfig.json. @param {string} folder @returns {string[]} */
function projectsIn(folder) {
  const nested = readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && !["node_modules", "dist", ".cache", ".turbo", "coverage"].includes(entry.name),
    )
    .flatMap((entry) => projectsIn(join(folder, entry.name)));
  return existsSync(join(folder, "tsconfig.json")) ? [folder, ...nested] : nested;
}

/** @param {string} project @returns {Promise<{ code: number | null, output: string }>} */
function compile(project) {
  return new Promise((resolve) => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const child = spawn(process.execPath, [tsc, "-p", project, "--pretty", "false"], { cwd: root });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => resolve({ code, output }));
  });
}

const projects = [...workspaceFolders(), join(root, "scripts")].flatMap(projectsIn);
let passed = 0;
let failed = 0;
async function worker() {
  for (let project = projects.shift(); project !== undefined; project = projects.shift()) {
    const { code, output } = await compile(project);
    if (code === 0) passed += 1;
    else {
      failed += 1;
      console.log(`${relative(root, project)}:\n${output}`);
    }
  }
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
