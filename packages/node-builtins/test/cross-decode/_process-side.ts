/** The side of Node, Bun and Deno: a program that has the folder of the files as its first argument. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ENGINES } from "../_deflate-engines.ts";
import { side } from "./_side.ts";

const [folder = "", ...args] = process.argv.slice(2);
const read = (name: string): Promise<Uint8Array> => readFile(join(folder, name));
const write = (name: string, bytes: Uint8Array): Promise<void> => writeFile(join(folder, name), bytes);
await side(ENGINES, { read, write }, args);
