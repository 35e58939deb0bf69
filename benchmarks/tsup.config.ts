import { defineConfig } from "tsup";

const subjects = {
  node: ["samewire", "ws", "tcp", "uws", "samewire-client", "ws-client", "undici-client", "tcp-client"],
  bun: ["samewire", "serve", "floor", "tcp", "samewire-client", "tcp-client"],
  deno: ["samewire", "upgrade", "floor", "tcp", "samewire-client", "tcp-client"],
};

// Everything runs as built JavaScript: Node 20 does not run TypeScript, and the three runtimes shall run the same files.
export default defineConfig({
  entry: {
    main: "src/main.ts",
    driver: "src/driver/main.ts",
    micro: "src/micro/run.ts",
    "subjects/built-in-client": "src/subjects/built-in-client.ts",
    ...Object.fromEntries(
      Object.entries(subjects).flatMap(([runtime, names]) =>
        names.map((name) => [`subjects/${runtime}/${name}`, `src/subjects/${runtime}/${name}.ts`]),
      ),
    ),
  },
  format: ["esm"],
  platform: "node",
  target: "es2022",
  splitting: true,
  sourcemap: false,
  clean: true,
  silent: true,
  external: [/^@samewire\//, /^node:/, /^bun$/, "uws-pack"],
});
