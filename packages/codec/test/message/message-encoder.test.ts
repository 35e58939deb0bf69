import { describe, expect, it } from "vitest";
import { type MessageExtension, OutputBuffer, Protocol } from "../../src/index.ts";
import { hex, session, toHex } from "../_replay.ts";

/** Adds one to each octet, and gives every output in the same memory, as the port allows. */
function adding(): MessageExtension {
  const memory = new Uint8Array(64);
  return {
    name: "x-add",
    agreed: { name: "x-add", params: [] },
    rsv: 0x40,
    pending: false,
    overhead: 0,
    decodeSlice: 65_536,
    encodeSlice: 65_536,
    wants: (length, choice) => choice ?? (length === undefined || length > 2),
    encode(piece) {
      memory.fill(0);
      memory.set(piece.map((octet) => octet + 1));
      return memory.subarray(0, piece.length);
    },
    decode: (piece) => piece,
    idle() {},
    release() {},
  };
}

function sender(outlet = new OutputBuffer()): { protocol: Protocol; output: OutputBuffer } {
  const protocol = new Protocol({ role: "server", outlet, extension: adding() }, session("server").handler);
  return { protocol, output: outlet };
}

describe("MessageEncoder", () => {
  it("passes a message through the extension where that wants it, or the caller does (RFC 6455 9)", () => {
    const { protocol, output } = sender();
    protocol.sendText("abc");
    protocol.sendText("ab");
    protocol.sendText("ab", true);
    protocol.sendBinary(hex("010203"), false);
    protocol.sendBinary(hex("010203"));
    expect(toHex(output.take())).toBe(
      ["c103 626364", "8102 6162", "c102 6263", "8203 010203", "c203 020304"].join("").replaceAll(" ", ""),
    );
  });

  it("marks the first frame alone of a message in fragments, and sends none for a part that comes to nothing", () => {
    const { protocol, output } = sender();
    protocol.beginMessage("text");
    protocol.sendFragment(hex("61"), false);
    protocol.sendFragment(hex(""), false);
    protocol.ping(hex(""));
    protocol.sendFragment(hex("62"), true);
    protocol.beginMessage("binary", 1);
    protocol.sendFragment(hex("63"), true);
    expect(toHex(output.take())).toBe("410162" + "8900" + "800163" + "820163");
    // The caller's word counts here, too.
    protocol.beginMessage("binary", 1, true);
    protocol.sendFragment(hex("63"), true);
    protocol.beginMessage("binary", undefined, false);
    protocol.sendFragment(hex("63"), true);
    expect(toHex(output.take())).toBe("c20164" + "820163");
  });

  it("keeps what the extension gives for each piece of a frame, though its memory is used again", () => {
    const { protocol, output } = sender();
    protocol.beginMessage("binary");
    for (const [piece, last] of [
      ["01", false],
      ["0203", false],
      ["", true],
    ] as const)
      protocol.sendPiece(hex(piece), last);
    expect(toHex(output.take())).toBe("c203020304");
  });

  it("copies an extension's output that the outlet keeps", () => {
    const attached: Uint8Array[] = [];
    const outlet = new OutputBuffer();
    const keeping = Object.assign(outlet, { copyLimit: 2, attach: (bytes: Uint8Array) => void attached.push(bytes) });
    const { protocol } = sender(keeping);
    protocol.sendBinary(hex("010203"));
    protocol.sendBinary(hex("040506"));
    protocol.beginMessage("binary", undefined, true);
    protocol.sendFragment(hex("070809"), false);
    protocol.sendFragment(hex("0a0b0c"), true);
    expect(attached.map(toHex)).toEqual(["020304", "050607", "08090a", "0b0c0d"]);
  });
});
