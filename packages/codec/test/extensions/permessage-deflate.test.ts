/** The codec has no DEFLATE of its own: it is tested with real engines, by the suites that also run on each runtime. */
import { describe, it } from "vitest";
import { deflateDecodeSuite } from "../../../node-builtins/test/_deflate-decode-suite.ts";
import { deflateEncodeSuite } from "../../../node-builtins/test/_deflate-encode-suite.ts";

deflateDecodeSuite({ describe, it });
deflateEncodeSuite({ describe, it });
