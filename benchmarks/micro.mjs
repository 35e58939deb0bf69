// `node|bun|deno run benchmarks/micro.mjs [group…]`, after `pnpm build`: what single steps of the hot path cost.
import "./dist/micro.js";
