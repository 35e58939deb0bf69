import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.base.ts";

export default defineConfig([
  packageBuild(
    [
      "src/{node,bun,deno}-{server,client,loop}.ts",
      "src/{loop,echo}.ts",
      "src/interop/{node,bun,deno,own,undici,ws}-client.ts",
    ],
    {
      dts: false,
      external: [/^node:/, "undici", "ws"],
      // The other build's, which may be there first.
      clean: ["!workerd/**"],
    },
  ),
  // A Worker is one module: everything but the runtime's own goes into it.
  packageBuild(["src/workerd/{server,client,loop,interop}-worker.ts"], {
    dts: false,
    outDir: "dist/workerd",
    noExternal: [/^@samewire\//, /^pako$/],
    splitting: false,
    treeshake: true,
  }),
]);
