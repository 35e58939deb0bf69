import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.base.ts";

export default defineConfig(packageBuild(["src/{node,bun,deno}-{server,client}.ts"], { dts: false }));
