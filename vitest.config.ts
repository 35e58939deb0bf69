import { defineConfig } from "vitest/config";

// Tests run from the sources: no build is needed, and a stack trace names the line that was written.
const conditions = ["@samewire/source", "node", "module", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["{packages,apps}/*/test/**/*.test.ts", "{benchmarks,scripts}/test/**/*.test.ts"],
    testTimeout: 15_000,
    coverage: {
      provider: "v8",
      include: ["packages/codec/src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { lines: 98, branches: 98 },
    },
  },
});
