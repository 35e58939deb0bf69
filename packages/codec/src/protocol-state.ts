/**
 * RFC 6455 section 7.1: where a connection stands in its life after the opening handshake, as a table.
 */

export const PROTOCOL_STATES = {
  open: { sendClose: "closing", receiveClose: "close-received", fail: "failing", end: "lost" },
  /** Our Close frame is sent, the peer's is awaited. */
  closing: { sendClose: "closing", receiveClose: "closed", fail: "failed", end: "lost" },
  /** The peer's Close frame came first; ours is owed. Its input is over, so that it may end without loss. */
  "close-received": { sendClose: "closed", receiveClose: "close-received", fail: "failed", end: "close-received" },
  /** Both Close frames are exchanged (7.1.4): TCP is to be closed, by the server first (7.1.1). */
  closed: { sendClose: "closed", receiveClose: "closed", fail: "closed", end: "closed" },
  /** The peer broke a rule; our Close frame is owed. */
  failing: { sendClose: "failed", receiveClose: "failing", fail: "failing", end: "failing" },
  /** _Fail the WebSocket Connection_ (7.1.7). */
  failed: { sendClose: "failed", receiveClose: "failed", fail: "failed", end: "failed" },
  /** The input ended with no Close frame from the peer (7.1.5: status 1006). */
  lost: { sendClose: "lost", receiveClose: "lost", fail: "lost", end: "lost" },
} as const;

export type ProtocolState = keyof typeof PROTOCOL_STATES;
export type ProtocolStep = keyof (typeof PROTOCOL_STATES)["open"];

/** The state after a step. */
export function advance(state: ProtocolState, step: ProtocolStep): ProtocolState {
  return PROTOCOL_STATES[state][step];
}
