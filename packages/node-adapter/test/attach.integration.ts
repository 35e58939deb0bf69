import { attach } from "@samewire/node";
import { attachSuite } from "../../node-builtins/test/_attach-suite.ts";

attachSuite("@samewire/node", attach);
