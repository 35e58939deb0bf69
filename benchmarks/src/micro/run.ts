/**
 * The micro-benchmarks: `node|bun|deno run benchmarks/micro.mjs [group…]`. Each prints its median to stderr as it goes, and
 * all of them one JSON document to stdout at the end.
 */
import { handshake, receive, receiveCut, send } from "./codec.ts";
import { report } from "./harness.ts";
import { copyMask, unmask } from "./masking.ts";
import { allocate, copyPhase, headers } from "./memory.ts";
import { sendPhase } from "./send-phase.ts";
import { encode, utf8 } from "./text.ts";

await receive();
await receiveCut();
await send();
await handshake();
await unmask();
await copyMask();
await utf8();
await encode();
await allocate();
await headers();
await copyPhase();
await sendPhase();
report();
