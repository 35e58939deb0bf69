/** RFC 6455 section 5.2: the bits of the first two bytes of a frame beside its opcode and length. */

/** The FIN bit of a frame's first byte. */
export const FIN = 0x80;
/** The three reserved bits of a frame's first byte; RSV1 is the highest. */
export const RSV_BITS = 0x70;
/** The bit of an opcode that tells control frames from data frames (section 5.5). */
export const CONTROL = 0x08;
/** The MASK bit of a frame's second byte. */
export const MASK = 0x80;
/** The largest payload of a control frame (section 5.5). */
export const MAX_CONTROL_PAYLOAD = 125;
