/** The files of the HTML page, which are shipped beside the code as they are: real CSS and JavaScript, linted as such. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where `assets/` is, seen from `dist/` and from `src/report/`. */
const PLACES = ["../assets/", "../../assets/"];

/** Reads one file of `assets/`; a closing script or style tag inside it would end its element, so it is refused. */
export function readPageAsset(name: string): string {
  for (const place of PLACES) {
    const path = fileURLToPath(new URL(place + name, import.meta.url));
    if (!existsSync(path)) continue;
    const text = readFileSync(path, "utf8");
    if (/<\/(script|style)/i.test(text)) throw new Error(`${name} must not hold a closing script or style tag.`);
    return text;
  }
  throw new Error(`The package is incomplete: assets/${name} is missing.`);
}

/**
 * Joins modules into one inline module, in the order of their imports: a page in one file has no other to import from. Their
 * names must differ, which the page's own check in a browser would find out at once.
 */
export function readPageModules(names: readonly string[]): string {
  return names
    .map((name) =>
      readPageAsset(name)
        .replace(/^import [^;]*;\n/gm, "")
        .replace(/^export (?=function|const)/gm, ""),
    )
    .join("");
}
