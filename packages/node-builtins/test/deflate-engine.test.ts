import { describe, it } from "vitest";
import { deflateEngineSuite } from "./_deflate-engine-suite.ts";

deflateEngineSuite({ describe, it });
