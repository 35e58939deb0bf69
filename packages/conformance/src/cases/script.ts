import { type CaseSpec, type ConformanceCase, defineCase, ROLES, type Role } from "../case.ts";
import { DELIVERIES } from "../delivery.ts";
import { closeNormally, type Expected, expectAll, expectFailure, type Failure, pongFor } from "../expectations.ts";
import { toHex } from "../wire/bytes.ts";
import { encodeFrame, type FrameSpec, ping, text, ZERO_KEY } from "../wire/frame.ts";
import { OPCODE } from "../wire/opcode.ts";

/** What the two kinds of scripted case have in common. Both roles and all deliveries unless it says otherwise. */
export interface ScriptSpec
  extends Omit<CaseSpec, "run" | "roles" | "input" | "expectation">,
    Partial<Pick<CaseSpec, "roles" | "input" | "expectation">> {
  /** The frames, sent as one stream of bytes. */
  readonly send: readonly FrameSpec[];
}

/** A case in which the frames are good and everything sent comes back; it ends with a closing handshake. */
export interface EchoSpec extends ScriptSpec {
  /** What has to come back; derived from `send` where that is unfragmented messages and Pings. */
  readonly receive?: readonly Expected[];
}

/** Makes a case of good frames: echoes and Pongs are required, then a clean close. */
export function echoes(spec: EchoSpec): ConformanceCase[] {
  const receive = spec.receive ?? spec.send.map(answerTo);
  return defineCase({
    roles: ROLES,
    deliveries: DELIVERIES,
    input: describeInput(spec.send),
    expectation:
      "Everything is echoed with its type and bytes, Pings are answered, and the closing handshake is clean.",
    ...spec,
    async run(context) {
      const peer = await context.open();
      await peer.send(...spec.send);
      await expectAll(peer, ...receive);
      await closeNormally(peer);
    },
  });
}

/** A case whose last frame is a fault of ours. */
export interface FaultSpec extends ScriptSpec, Failure {
  readonly role?: Role;
}

/**
 * Makes a case of a fault: the testee has to fail the connection, and a Ping and a message sent right behind the fault must
 * not be processed (RFC 6455 7.1.7). They are left out where the fault's header swallows what follows as payload (`follow: false`).
 */
export function fails(spec: FaultSpec & { readonly follow?: boolean }): ConformanceCase[] {
  const codes = spec.codes.join(" or ");
  return defineCase({
    roles: ROLES,
    deliveries: DELIVERIES,
    input: describeInput(spec.send),
    expectation: `The connection is failed: one Close frame with ${codes}, nothing processed after the fault, TCP closed in order.`,
    ...spec,
    async run(context) {
      const peer = await context.open();
      const after = spec.follow === false ? [] : [ping("after the fault"), text("after the fault")];
      await peer.send(...spec.send, ...after);
      await expectFailure(peer, { poison: ["after the fault"], ...spec });
    },
  });
}

function answerTo(frame: FrameSpec): Expected {
  const payload = frame.payload ?? new Uint8Array(0);
  if (frame.opcode === OPCODE.ping) return pongFor(payload);
  return { type: "message", opcode: frame.opcode, payload };
}

/** The frames' bytes as they go to a client; towards a server the same with a masking key. */
export function describeInput(frames: readonly FrameSpec[]): string {
  const shown = frames
    .slice(0, 4)
    .map((frame) => toHex(encodeFrame(frame, frame.mask === undefined ? undefined : ZERO_KEY), 40));
  const more = frames.length > 4 ? ` | … (${frames.length - 4} more frames)` : "";
  return `${shown.join(" | ")}${more} (masked towards a server)`;
}
