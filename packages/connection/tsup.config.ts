import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.base.ts";

export default defineConfig(
  packageBuild(["src/index.ts", "src/application.ts", "src/testing/index.ts", "src/testing/socket-contract.ts"], {
    tsconfig: "src/testing/tsconfig.json",
  }),
);
