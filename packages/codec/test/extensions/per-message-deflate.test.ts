import { describe, it } from "vitest";
import { permessageDeflateSuite } from "./_permessage-deflate-suite.ts";

permessageDeflateSuite({ describe, it });
