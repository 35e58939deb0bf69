/** The engines of Node, Bun and Deno. Apart from the material, which a Worker shares: `node:zlib` is not for it. */
import type { DeflateEngine } from "@samewire/codec";
import { pakoEngine } from "@samewire/connection";
import { zlibEngine } from "../src/zlib-engine.ts";

/** Each is to pass every case. The first must be the runtime's own: a silent change to `pako` would halve the suite. */
export const ENGINES: readonly { readonly name: string; readonly engine: DeflateEngine }[] = [
  { name: "zlib", engine: zlibEngine() },
  { name: "pako", engine: pakoEngine() },
];
