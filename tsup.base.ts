import type { Options } from "tsup";

/**
 * How every package is built: ES2022 modules with their declarations, readable (not minified, one chunk per shared part),
 * and sources shipped beside them so that source maps lead somewhere.
 */
export function packageBuild(entry: readonly string[] = ["src/index.ts"], options: Options = {}): Options {
  return {
    entry: [...entry],
    format: ["esm"],
    platform: "neutral",
    target: "es2022",
    // Others are seen through their declarations, which Turbo has built before: each package is compiled under its own rules.
    dts: { compilerOptions: { customConditions: [] } },
    sourcemap: true,
    splitting: true,
    // A build that fails leaves the last good one to those who are running it; releases are built in CI, from nothing.
    clean: process.env.CI !== undefined,
    treeshake: false,
    silent: true,
    // Deno knows Node's modules by this prefix only, and so does Node itself for the newer ones.
    removeNodeProtocol: false,
    external: [/^node:/, /^cloudflare:/, /^bun$/],
    ...options,
  };
}
