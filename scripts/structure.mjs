/**
 * The rules of AGENTS.md that no compiler and no linter knows, over every file that git tracks or would track.
 * Each rule is counted once, however many lines break it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { root } from "./runtimes.mjs";

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const code = files.filter(
  (path) => /\.(ts|mts|mjs|js)$/.test(path) && /^(packages|apps|benchmarks|scripts)\//.test(path),
);

/** @param {string} path */
const text = (path) => readFileSync(join(root, path), "utf8");

/** The code without comments and with its line numbers kept: a comment may name what code may not. @param {string} source */
function withoutComments(source) {
  return source.replace(/\/\*[\s\S]*?\*\/|(?<![:"'`\\])\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "));
}

/**
 * The lines of files that a pattern matches, as `path:line: text`.
 *
 * @param {readonly string[]} paths
 * @param {RegExp} pattern
 * @param {(source: string) => string} [prepare]
 * @returns {string[]}
 */
function linesThatMatch(paths, pattern, prepare = (source) => source) {
  return paths.flatMap((path) =>
    prepare(text(path))
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

/** @param {string} folder */
const sourcesOf = (folder) => code.filter((path) => path.startsWith(`packages/${folder}/src/`));
const adapters = ["node-adapter", "bun-adapter", "deno-adapter", "workers-adapter"];
const neutral = ["codec", "connection", "node-builtins"].flatMap(sourcesOf);
const self = "scripts/structure.mjs";

/** @type {Record<string, () => string[]>} */
const rules = {
  "a file has at most 350 lines: one job each": () =>
    code.flatMap((path) => {
      const count = text(path).split("\n").length - 1;
      return count > 350 ? [`${path}: ${count} lines`] : [];
    }),
  "file names are kebab-case and say what is inside": () =>
    code.filter(
      (path) =>
        !/^_?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|mts|mjs|js)$/.test(basename(path)) ||
        /^(utils?|helpers?|misc|common)\.(ts|mjs|js)$/.test(basename(path)),
    ),
  "no test is skipped, focused or left to do": () =>
    linesThatMatch(
      code.filter((path) => path !== self && /(^|\/)test\//.test(path)),
      /\b(it|test|describe|suite)\.(skip|only|todo|skipIf|runIf|fails)\b|\b(xit|xdescribe|fit|fdescribe)\(|\{\s*(skip|todo|only):/,
      withoutComments,
    ),
  "nothing is left for later": () =>
    linesThatMatch(
      code.filter((path) => path !== self),
      /\b(TODO|FIXME|XXX|HACK)\b/,
    ),
  "the type checker is not silenced without a reason beside it": () =>
    linesThatMatch(
      code.filter((path) => path !== self),
      /@ts-(ignore|nocheck)|@ts-expect-error\s*$/,
    ),
  "what is below the adapters names no runtime": () =>
    linesThatMatch(neutral, /\b(Bun|Deno)\s*[.?]|globalThis\.(Bun|Deno)\b|["'](cloudflare:|bun["':])/, withoutComments),
  "an adapter names its own runtime only": () => [
    ...linesThatMatch(
      [...sourcesOf("node-adapter"), ...sourcesOf("bun-adapter"), ...sourcesOf("workers-adapter")],
      /\bDeno\./,
      withoutComments,
    ),
    ...linesThatMatch(
      [...sourcesOf("node-adapter"), ...sourcesOf("deno-adapter"), ...sourcesOf("workers-adapter")],
      /\bBun\./,
      withoutComments,
    ),
  ],
  "the codec and connection have no clock, no chance and no runtime": () =>
    linesThatMatch(
      [...sourcesOf("codec"), ...sourcesOf("connection").filter((path) => !path.includes("/testing/"))],
      /\b(setTimeout|setInterval|setImmediate|queueMicrotask|performance\.|Date\.now|new Date\b|Math\.random|crypto\.|process\.)/,
      withoutComments,
    ),
  "an adapter holds no timer: time comes through the Clock port": () =>
    linesThatMatch(
      adapters.flatMap(sourcesOf).filter((path) => !/clock\.ts$/.test(path)),
      /\b(setTimeout|setInterval)\s*\(/,
      withoutComments,
    ),
  "a link in a document leads to a file": () =>
    files
      .filter((path) => path.endsWith(".md"))
      .flatMap((path) =>
        [...text(path).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
          .map(([, target = ""]) => target)
          .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(path), target)))
          .map((target) => `${path}: ${target}`),
      ),
  "no file knows the machine it was written on or a package registry": () =>
    linesThatMatch(
      files.filter(
        (path) => path !== self && /\.(ts|mts|mjs|js|json|ya?ml|md|html|css|svg|txt|sh)$|^\.ci\/|^\.npmrc$/.test(path),
      ),
      /(^|[\s"'`(])\/work\/|\/tmp\/brief|\/root\/|registry\.npmjs\.org|npm\.pkg\.github/,
    ),
};

let passed = 0;
let failed = 0;
for (const [rule, find] of Object.entries(rules)) {
  const found = find();
  if (found.length === 0) passed += 1;
  else {
    failed += 1;
    console.log(`${rule}:\n${found.map((line) => `  ${line}`).join("\n")}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
