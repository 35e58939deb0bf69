import { connect, prepare, refuse, serve } from "@samewire/bun";
import { adapterSuite } from "../../node-builtins/test/_adapter-suite/index.ts";

adapterSuite("bun", { serve, connect, refuse, prepare });
