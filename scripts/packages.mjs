/** The packages of this workspace, as the scripts see them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./runtimes.mjs";

/** Every workspace folder, as absolute paths. @returns {string[]} */
export function workspaceFolders() {
  const nested = ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  return [...nested, join(root, "benchmarks")].filter((folder) => existsSync(join(folder, "package.json")));
}

/** The folders of what is published. @returns {{ folder: string, name: string }[]} */
export function publicPackages() {
  return workspaceFolders()
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({ folder, name: manifest.name }));
}
