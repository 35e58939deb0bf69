/**
 * Type-checks every TypeScript project of the workspace: the sources of each package with exactly the globals they may use,
 * and their tests with those of the runtime that runs them. Packages resolve to each other's sources, so nothing has to be
 * built. A file is judged under its own project's options only: what a compiler says of a file of another project is
 * dropped, since the run of that project says it.
 *
 *   node scripts/typecheck.mjs [FOLDER…]      only the projects in these folders and below
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { totalsLine } from "./count-results.mjs";
import { workspaceFolders } from "./packages.mjs";
import { root } from "./runtimes.mjs";

const generated = new Set(["node_modules", "dist", ".cache", ".turbo", "coverage"]);

/** Every tsconfig in a folder and below. @param {string} folder @returns {string[]} */
function projectsIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return generated.has(entry.name) ? [] : projectsIn(path);
    return /^tsconfig(\.[\w-]+)?\.json$/.test(entry.name) ? [path] : [];
  });
}

/** The folder of the project a file belongs to: the nearest one above it with a tsconfig.json. @param {string} file */
function projectFolder(file) {
  let folder = dirname(file);
  while (folder !== dirname(folder) && !existsSync(join(folder, "tsconfig.json"))) folder = dirname(folder);
  return folder;
}

/**
 * What the compiler said, one entry a diagnostic: its first line begins with the file's path, the others are indented.
 *
 * @param {string} output
 * @param {string} project
 * @returns {string[]}
 */
function ownDiagnostics(output, project) {
  const diagnostics = output.split(/\n(?!\s)/).filter((entry) => entry !== "");
  return diagnostics.filter((entry) => {
    const file = /^(\S[^(\n]*)\(\d+,\d+\): error/.exec(entry)?.[1];
    return file === undefined || projectFolder(resolve(root, file)) === dirname(project);
  });
}

/** @param {string} project @returns {Promise<string[]>} */
function compile(project) {
  return new Promise((done) => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const name = relative(root, project).replaceAll(/[\\/]/g, "-");
    const state = ["--incremental", "--tsBuildInfoFile", join(root, ".cache/types", `${name}.tsbuildinfo`)];
    const child = spawn(process.execPath, [tsc, "-p", project, "--pretty", "false", ...state], { cwd: root });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("close", (code) => {
      const silentFailure = code !== 0 && output === "" ? [`the compiler ended with ${code}`] : [];
      done([...silentFailure, ...ownDiagnostics(output, project)]);
    });
  });
}

const folders = process.argv.slice(2).map((folder) => resolve(root, folder));
const projects = (folders.length > 0 ? folders : [...workspaceFolders(), join(root, "scripts")]).flatMap(projectsIn);
const totals = { passed: 0, failed: 0, skipped: 0 };

async function worker() {
  for (let project = projects.shift(); project !== undefined; project = projects.shift()) {
    const diagnostics = await compile(project);
    if (diagnostics.length === 0) totals.passed += 1;
    else {
      totals.failed += 1;
      console.log(`${relative(root, project)}:\n${diagnostics.join("\n")}`);
    }
  }
}

await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
console.log(totalsLine(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
