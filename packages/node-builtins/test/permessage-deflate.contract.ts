import { describe, it } from "node:test";
import { permessageDeflateSuite } from "./_permessage-deflate-suite.ts";

permessageDeflateSuite({ describe, it });
