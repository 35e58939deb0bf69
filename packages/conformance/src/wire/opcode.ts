/** RFC 6455 5.2: what a frame's four opcode bits mean; 3-7 and 11-15 are reserved. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const NAMES: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};

/** The name of an opcode for logs: `"ping"`, or `"reserved 0xb"`. */
export function opcodeName(opcode: number): string {
  return NAMES[opcode] ?? `reserved 0x${opcode.toString(16)}`;
}

/** RFC 6455 5.5: control frames are those whose highest opcode bit is set. */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}
