import { type CaseSpec, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { DELIVERIES } from "../delivery.ts";
import {
  type CloseAnswer,
  type Expected,
  expectAll,
  expectCloseAnswer,
  expectFailure,
  type Failure,
  pongFor,
} from "../expectations.ts";
import { toHex } from "../wire/bytes.ts";
import { close, encodeFrame, type FrameSpec, ping, text } from "../wire/frame.ts";
import { OPCODE } from "../wire/opcode.ts";

/** What the kinds of scripted case have in common. Both roles and all deliveries unless it says otherwise. */
export interface ScriptSpec
  extends Omit<CaseSpec, "run" | "roles" | "input" | "expectation">,
    Partial<Pick<CaseSpec, "roles" | "input" | "expectation">> {
  /** The frames, sent as one stream of bytes. */
  readonly send: readonly FrameSpec[];
}

/** A case in which the frames are good and everything sent comes back. */
export interface EchoSpec extends ScriptSpec {
  /** What has to come back; derived from `send` where that is unfragmented messages and Pings. */
  readonly receive?: readonly Expected[];
}

/** Makes a case of good frames: echoes and Pongs are required, then a clean closing handshake. */
export function echoes(spec: EchoSpec): ConformanceCase[] {
  const receive = spec.receive ?? spec.send.map(answerTo);
  return defineCase({
    roles: ROLES,
    deliveries: DELIVERIES,
    input: describeInput(spec.send),
    expectation:
      "Messages are echoed with their type and bytes, Pings are answered, and the closing handshake is clean.",
    ...spec,
    async run(context) {
      const peer = await context.open();
      await peer.send(...spec.send);
      await expectAll(peer, ...receive);
      await peer.send(close(1000));
      await expectCloseAnswer(peer, { codes: [1000] });
    },
  });
}

/** A case whose last frame is a fault of ours. */
export interface FaultSpec extends ScriptSpec, Failure {}

/** Sent right behind a fault: neither may be processed any more (RFC 6455 7.1.7). */
export const AFTER_FAULT: readonly FrameSpec[] = [ping("after the fault"), text("after the fault")];

/** Makes a case of a fault: the testee has to fail the connection, and nothing behind the fault may be processed. */
export function fails(spec: FaultSpec): ConformanceCase[] {
  return defineCase({
    roles: ROLES,
    deliveries: DELIVERIES,
    input: describeInput(spec.send),
    expectation: failureInWords(spec.codes),
    ...spec,
    async run(context) {
      const peer = await context.open();
      await peer.send(...spec.send, ...AFTER_FAULT);
      await expectFailure(peer, { poison: ["after the fault"], ...spec });
    },
  });
}

/** A case of a Close frame that begins a closing handshake; what follows it has to be ignored. */
export interface ClosingSpec extends ScriptSpec, CloseAnswer {}

/** Makes a case of a closing handshake that we begin with the last of `send`: one Close in answer, then TCP closed. */
export function closes(spec: ClosingSpec): ConformanceCase[] {
  const codes = spec.codes.map((code) => (code === undefined ? "no code" : String(code))).join(" or ");
  return defineCase({
    roles: ROLES,
    deliveries: DELIVERIES,
    input: describeInput(spec.send),
    expectation: `One Close frame in answer (${codes}), then TCP is closed, by the server first.`,
    ...spec,
    async run(context) {
      const peer = await context.open();
      await peer.send(...spec.send);
      await expectCloseAnswer(peer, spec);
    },
  });
}

/** What a case of a fault requires, in words. */
export function failureInWords(codes: readonly number[]): string {
  const code = codes.join(" or ");
  return `The connection is failed: one Close frame with ${code}, nothing processed after the fault, TCP closed in order.`;
}

function answerTo(frame: FrameSpec): Expected {
  const payload = frame.payload ?? new Uint8Array(0);
  if (frame.opcode === OPCODE.ping) return pongFor(payload);
  return { type: "message", opcode: frame.opcode, payload };
}

/** The frames' bytes as they go to a client; towards a server the same with a masking key. */
export function describeInput(frames: readonly FrameSpec[]): string {
  const shown = frames.slice(0, 4).map((frame) => toHex(encodeFrame(frame, frame.mask || undefined), 40));
  const more = frames.length > 4 ? ` | … (${frames.length - 4} more frames)` : "";
  return `${shown.join(" | ")}${more} (masked towards a server)`;
}
