import { describe, it } from "node:test";
import { deflateEngineSuite } from "./_deflate-engine-suite.ts";

deflateEngineSuite({ describe, it });
