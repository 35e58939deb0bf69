import { connect, prepare, refuse, serve } from "@samewire/deno";
import { adapterSuite } from "../../node-builtins/test/_adapter-suite/index.ts";

adapterSuite("deno", { serve, connect, refuse, prepare });
