import { describe, it } from "node:test";
import { textCodersSuite } from "../../node-builtins/test/_text-coders-suite.ts";

textCodersSuite({ describe, it });
