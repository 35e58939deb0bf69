/** RFC 6455 section 7.1: where a connection stands in its life after the opening handshake. */
export type ProtocolState =
  | "open"
  /** Our Close frame is sent, the peer's is awaited. */
  | "closing"
  /** The peer's Close frame came first; ours is owed. Its input is over, so that it may end without loss. */
  | "close-received"
  /** Both Close frames are exchanged (7.1.4): TCP is to be closed, by the server first (7.1.1). */
  | "closed"
  /** The peer broke a rule; our Close frame is owed. */
  | "failing"
  /** _Fail the WebSocket Connection_ (7.1.7). */
  | "failed"
  /** The input ended with no Close frame from the peer (7.1.5: status 1006). */
  | "lost";

/** What moves a connection from one state to another. */
export type ProtocolStep = "sendClose" | "receiveClose" | "fail" | "end";
type Steps = Readonly<Partial<Record<ProtocolStep, ProtocolState>>>;

/** Where each step leads from a state. A step that is not listed changes nothing; a state that is not listed is final. */
const STEPS: Readonly<Partial<Record<ProtocolState, Steps>>> = {
  open: { sendClose: "closing", receiveClose: "close-received", fail: "failing", end: "lost" },
  closing: { receiveClose: "closed", fail: "failed", end: "lost" },
  "close-received": { sendClose: "closed", fail: "failed" },
  failing: { sendClose: "failed" },
};

/** The state after a step. */
export function advance(state: ProtocolState, step: ProtocolStep): ProtocolState {
  return STEPS[state]?.[step] ?? state;
}
