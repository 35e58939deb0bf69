import type { Fault } from "./fault.ts";

/** A broken testee and the cases that must not let it pass. */
export interface Mutant {
  readonly fault: Fault;
  /** Case ids, all of which have to catch it. */
  readonly caughtBy: readonly string[];
  /** What catching means; `non-strict` where the fault is against a SHOULD. */
  readonly verdict: "fail" | "non-strict";
}

const fail = (fault: Fault, ...caughtBy: string[]): Mutant => ({ fault, caughtBy, verdict: "fail" });
const soft = (fault: Fault, ...caughtBy: string[]): Mutant => ({ fault, caughtBy, verdict: "non-strict" });

const BOTH: readonly Mutant[] = [
  fail("skips UTF-8", "UT-1.16.1", "UT-1.20.1", "UT-1.17.1", "UT-2.4"),
  soft("checks UTF-8 at the end only", "UT-2.1", "UT-2.4"),
  fail("strips a byte order mark", "UT-1.11.4v"),
  fail("ignores the top bit of a 64-bit length", "FR-7.1", "FR-7.2"),
  fail("ignores reserved bits", "FR-17.rsv1-text", "FR-17.rsv2-binary", "FR-17.rsv4-ping", "FR-17.31"),
  fail("ignores reserved opcodes", "FR-17.op3-1", "FR-17.op11-1", "FR-17.op7-3"),
  fail("reads 32 bits of a 64-bit length", "FR-6.1"),
  soft("accepts long length forms", "FR-3.1", "FR-3.2"),
  fail("has no message limit", "FR-14.1"),
  fail("checks the limit per frame only", "RS-6.1"),
  fail("needs headers in one chunk", "FR-18.1", "FR-18.2"),
  fail("drops middle fragments", "FG-3.2", "FG-6.1", "FG-8.3"),
  fail("accepts orphan continuations", "FG-1.1", "FG-1.5"),
  fail("accepts messages inside messages", "FG-2.1", "FG-2.4"),
  fail("accepts fragmented control frames", "CT-2.1", "CT-2.6"),
  fail("accepts long control frames", "CT-1.1", "CT-1.2"),
  soft("accepts long control frames", "CT-4.1"),
  fail("echoes unfinished messages at FIN", "FG-7.1"),
  fail("sends no Pong", "CT-11.1", "CT-11.4", "FG-4.4"),
  fail("sends empty Pongs", "CT-11.2", "CT-11.4"),
  fail("holds Pongs back inside a message", "FG-4.4"),
  fail("echoes text as binary", "FR-2.5t", "FR-25.1"),
  fail("sends long length forms", "FR-2.5t", "FR-2.1000b"),
  fail("masks wrongly", "FR-2.5t"),
  fail("echoes in reverse order", "FR-20.1", "FR-25.1"),
  soft("fails with 1000", "FR-17.op3-1", "UT-1.16.1", "FG-1.1"),
  soft("fails without a Close frame", "FR-17.op3-1", "UT-1.16.1"),
  soft("fails with a reset", "FR-17.op3-1"),
  fail("goes on after a fault", "FR-17.op3-1"),
  fail("accepts every close code", "CT-6.999", "CT-6.1005", "CT-6.1006", "CT-6.1015"),
  soft("accepts every close code", "CT-6.1016", "CT-6.2999"),
  fail("accepts a Close of one byte", "CT-3.1"),
  soft("accepts broken close reasons", "CT-8.1", "CT-8.5"),
  soft("answers Close with 1000", "CT-5.1001", "CT-5.4999"),
  fail("does not answer Close", "CT-7.1", "CT-5.1000", "FR-1.1"),
  fail("goes on after Close", "CT-10.1", "CT-10.2"),
  fail("sends an octet behind its Close frame", "CT-5.1000", "CT-7.1", "FR-1.1", "FR-17.op3-1"),
  fail("sends half a frame behind its Close frame", "CT-5.1000", "CT-7.1", "FR-1.1", "FR-17.op3-1"),
  fail("cuts its Close frame short", "FR-17.op3-1", "UT-1.16.1", "FG-1.1", "FG-1.5"),
  soft("cuts its echo off at a fault", "FG-1.5"),
  fail("never closes TCP", "CT-13.1", "FR-17.op3-1"),
  soft("forgets its echoes when the end comes", "LC-14.1"),
  fail("inflates past the limit", "RS-11.2", "RS-11.3"),
  fail("ignores RSV1 on control frames", "DF-18.1", "DF-18.2"),
  fail("keeps the window though it agreed not to", "DF-50.4.3", "DF-50.9.3"),
  fail("forgets the window though it may be used", "DF-14.1", "DF-14.2"),
  fail("uses a larger window than agreed", "DF-10.9", "DF-50.9.4"),
  fail("stops at a final block", "DF-12.3"),
  fail("does not check inflated text", "UT-4.1", "UT-4.2"),
  fail("inflates past the limit", "RS-11.2", "RS-11.3", "RS-12.2"),
  fail("ignores RSV1 on control frames", "DF-18.1", "DF-18.4"),
  fail("keeps the window though it agreed not to", "DF-6.4"),
  fail("forgets the window though it may be used", "DF-14.1", "DF-14.2", "DF-12.4"),
  fail("uses a larger window than agreed", "DF-10.9", "DF-50.9.4"),
  fail("stops at a final block", "DF-12.3"),
  fail("does not check inflated text", "UT-4.1", "UT-4.2", "UT-4.3", "UT-4.4"),
];

/** Broken servers. */
export const BROKEN_SERVERS: readonly Mutant[] = [
  ...BOTH,
  fail("accepts wrong masking", "MK-1.1", "MK-1.4"),
  soft("accepts wrong masking", "MK-1.6"),
  fail("restarts the masking key in each chunk", "MK-7.2"),
  fail("sends a wrong accept key", "SH-12.1", "FR-1.1"),
  fail("accepts any method", "SH-1.1"),
  fail("accepts any version", "SH-13.13", "SH-13.10"),
  fail("accepts any key", "SH-10.1", "SH-10.2"),
  fail("accepts any Connection", "SH-9.1", "SH-8.1"),
  fail("chooses a subprotocol nobody offered", "SH-18.1"),
  fail("agrees to extensions nobody offered", "SH-18.2"),
  fail("stops serving after a reset", "LC-25.1"),
  fail("accepts bad deflate parameters", "DF-41.1", "DF-41.8"),
  fail("keeps the window though it agreed not to", "DF-6.2"),
  fail("accepts bad deflate parameters", "DF-41.1", "DF-41.4", "DF-41.7", "DF-41.16"),
];

/** Broken clients. */
export const BROKEN_CLIENTS: readonly Mutant[] = [
  ...BOTH,
  fail("accepts wrong masking", "MK-3.1", "MK-5.1"),
  soft("accepts wrong masking", "MK-5.3"),
  fail("uses one masking key", "MK-8.1"),
  fail("seeds its masking keys alike on every connection", "MK-8.1"),
  fail("sends an octet behind its Close frame", "CT-18.1", "CH-14.30"),
  fail("ignores the accept key", "CH-5.1"),
  fail("ignores a missing Upgrade", "CH-2.1"),
  fail("accepts extensions it did not offer", "CH-8.1"),
  fail("accepts subprotocols it did not offer", "CH-9.1"),
  fail("accepts bad deflate parameters", "DF-1.1", "DF-2.2", "DF-3.1"),
  fail("sends a short key", "CH-30.5"),
  fail("offers a subprotocol that is no token", "CH-30.8"),
  soft("forgets its echoes when the end comes", "CH-14.30", "CH-14.31", "CH-14.32"),
  fail("sends frames before the 101", "CH-20.1"),
  fail("keeps the window though it agreed not to", "DF-6.3"),
  fail("accepts bad deflate parameters", "DF-1.1", "DF-1.6", "DF-3.1", "DF-3.3"),
];
