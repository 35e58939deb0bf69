import { connect, prepare, refuse, serve } from "@samewire/node";
import { adapterSuite } from "../../node-builtins/test/_adapter-suite/index.ts";

adapterSuite("node", { serve, connect, refuse, prepare });
