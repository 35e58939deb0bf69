import { describe, it } from "node:test";
import { deflateDecodeSuite } from "./_deflate-decode-suite.ts";
import { deflateEncodeSuite } from "./_deflate-encode-suite.ts";

deflateDecodeSuite({ describe, it });
deflateEncodeSuite({ describe, it });
