import { describe, expect, it } from "vitest";
import { OutputBuffer, Protocol, ProtocolError, type ProtocolState, UsageError } from "../src/index.ts";
import { advance } from "../src/protocol-state.ts";
import { hex, replay, session, toHex } from "./_replay.ts";

describe("Protocol (server) reads the examples of RFC 6455 5.7", () => {
  it("a single-frame masked text message", () => {
    replay("server", hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), ['message "Hello"']);
  });
  it("a fragmented text message, masked with zero", () => {
    replay("server", hex("01 83 00000000 48656c 80 82 00000000 6c6f"), ['message "Hello"']);
  });
  it("a masked Ping, and answers it", () => {
    replay("server", hex("89 85 00000000 48656c6c6f"), ["ping 48656c6c6f"], hex("8a 05 48656c6c6f"));
  });
});

describe("Protocol (client) reads the examples of RFC 6455 5.7", () => {
  it("a single-frame unmasked text message", () => {
    replay("client", hex("81 05 48656c6c6f"), ['message "Hello"']);
  });
  it("256 bytes of binary in a 16-bit length", () => {
    replay("client", hex(`82 7e 0100 ${"61".repeat(256)}`), [`message 256 bytes ${"61".repeat(16)}…`]);
  });
  it("64 KiB of binary in a 64-bit length", () => {
    replay("client", hex(`82 7f 0000000000010000 ${"61".repeat(65536)}`), [`message 65536 bytes ${"61".repeat(16)}…`]);
  });
});

describe("Protocol closes", () => {
  it("answers a Close frame with its code (RFC 6455 5.5.1)", () => {
    replay("server", hex("88 82 00000000 03e8"), ['close 1000 ""'], hex("88 02 03e8"));
  });
  it("answers with the reason, too", () => {
    replay("server", hex("88 85 00000000 03e8627965"), ['close 1000 "bye"'], hex("88 05 03e8627965"));
  });
  it("answers an empty Close frame with an empty one, status 1005 (RFC 6455 7.1.5)", () => {
    replay("server", hex("88 80 00000000"), ['close 1005 ""'], hex("88 00"));
  });
  it("ignores what follows a Close frame (RFC 6455 1.4)", () => {
    replay("server", hex("88 82 00000000 03e8 ff ff ff ff 01"), ['close 1000 ""'], hex("88 02 03e8"));
  });
});

const FAULTS: readonly (readonly [title: string, bytes: string, code: string, closeCode: number])[] = [
  ["FR-3 5 in a 16-bit length (5.2)", "81 fe 0005", "length-not-minimal", 1002],
  ["FR-3 65535 in a 64-bit length (5.2)", "82 ff 000000000000ffff", "length-not-minimal", 1002],
  ["FR-6 2^32 + 5 (7.4.1)", "82 ff 0000000100000005", "message-too-large", 1009],
  ["FR-7 2^63 (5.2)", "82 ff 8000000000000000", "length-top-bit", 1002],
  ["FR-8 2^64 - 4 (5.2)", "82 ff fffffffffffffffc", "length-top-bit", 1002],
  ["FR-10 2^53 + 1 (7.4.1)", "82 ff 0020000000000001", "message-too-large", 1009],
  ["FR-11 2^31 (7.4.1)", "82 ff 0000000080000000", "message-too-large", 1009],
  ["FR-11 2^32 - 1 (7.4.1)", "82 ff 00000000ffffffff", "message-too-large", 1009],
  ["FR-12 2^63 - 1 (7.4.1)", "82 ff 7fffffffffffffff", "message-too-large", 1009],
  [
    "FR-14 a mebibyte, which is the limit by default, and one byte (7.4.1)",
    "82 ff 0000000000100001",
    "message-too-large",
    1009,
  ],
  ["FR-13 the sum of fragments (7.4.1)", "02 81 00000000 61 80 ff 7fffffffffffffff", "message-too-large", 1009],
  ["FR-15 a reserved opcode with a huge length (5.2)", "83 ff", "reserved-opcode", 1002],
  ["FR-17 RSV1 with no extension (5.2)", "c1 80", "reserved-bits", 1002],
  ["FR-17 RSV2 (5.2)", "a1 80", "reserved-bits", 1002],
  ["FR-17 RSV3 on a Ping (5.2)", "99 80", "reserved-bits", 1002],
  ...["83", "84", "85", "86", "87", "8b", "8c", "8d", "8e", "8f"].map(
    (first) => [`FR-17 first byte ${first} (5.2)`, `${first} 80`, "reserved-opcode", 1002] as const,
  ),
  ["MK-1 a frame from a client is not masked (5.1)", "81 05", "mask-required", 1002],
  ["FG-1 FIN continuation with nothing open (5.4)", "80 81", "unexpected-continuation", 1002],
  ["FG-1 continuation with nothing open (5.4)", "00 81", "unexpected-continuation", 1002],
  ["FG-2 text within a text (5.4)", "01 81 00000000 61 81 81", "expected-continuation", 1002],
  ["CT-1 a Ping of 126 bytes (5.5)", "89 fe", "control-too-long", 1002],
  ["CT-2 a fragmented Ping (5.5)", "09 80", "control-fragmented", 1002],
  ["CT-3 a Close of 1 byte (5.5.1)", "88 81 00000000 03", "close-payload-length", 1002],
  ["CT-4 a Close of 126 bytes (5.5)", "88 fe", "control-too-long", 1002],
  ["CT-8 a reason that is not UTF-8 (5.5.1)", "88 84 00000000 03e8c328", "close-reason-utf8", 1007],
  ["UT-1 an overlong form (8.1)", "81 82 00000000 c080", "invalid-utf8", 1007],
  ["UT-1 an unfinished sequence (8.1)", "81 81 00000000 c3", "invalid-utf8", 1007],
  ["UT-2 the first bad octet of an unfinished frame (8.1)", "01 fe 0100 00000000 61ff", "invalid-utf8", 1007],
];

describe("Protocol (server) fails the connection", () => {
  for (const [title, bytes, code, closeCode] of FAULTS) {
    it(title, () => {
      const close = hex(`88 02 ${closeCode.toString(16).padStart(4, "0")}`);
      replay("server", hex(bytes), [`fault ${code} ${closeCode}`], close);
    });
  }
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]) {
    it(`CT-6 a Close frame with ${code} (7.4)`, () => {
      const bytes = hex(`88 82 00000000 ${code.toString(16).padStart(4, "0")}`);
      replay("server", bytes, ["fault close-code-invalid 1002"], hex("88 02 03ea"));
    });
  }
  it("FR-24 ignores everything after the fault (7.1.7)", () => {
    replay("server", hex("81 05 48656c6c6f 81 80 00000000 8f"), ["fault mask-required 1002"], hex("88 02 03ea"));
  });
});

describe("Protocol (client) fails the connection", () => {
  it("MK-3 a masked frame (5.1)", () => {
    replay("client", hex("81 85 37fa213d 7f9f4d5158"), ["fault mask-forbidden 1002"]);
  });
  it("MK-5 a masked Ping (5.1)", () => {
    replay("client", hex("89 80 11223344"), ["fault mask-forbidden 1002"]);
  });
});

describe("Protocol", () => {
  it("takes masking keys in a client only (RFC 6455 5.1)", () => {
    const outlet = new OutputBuffer();
    const { handler } = session("server");
    expect(() => new Protocol({ role: "client", outlet }, handler)).toThrow(UsageError);
    expect(() => new Protocol({ role: "server", outlet, nextMaskKey: () => 1 }, handler)).toThrow(UsageError);
  });

  it("CT-14 closes once: Close out, Close in (7.1)", () => {
    const { protocol, output, events } = session("server");
    protocol.close(1001, "going");
    protocol.close(1000);
    expect(toHex(output.take())).toBe("880703e9676f696e67");
    expect([protocol.state, protocol.sendable]).toEqual(["closing", false]);
    protocol.receive(hex("81 81 00000000 61 89 81 00000000 62 88 82 00000000 0fa0"));
    // Data after our Close are dropped, a Ping is still answered (5.5.2).
    expect(events).toEqual(["ping 62", 'close 4000 ""']);
    expect(toHex(output.take())).toBe("8a0162");
    expect(protocol.state).toBe("closed");
    expect(protocol.end()).toBe("closed");
  });

  it("drops streams, too, after its own Close", () => {
    const { protocol, events } = session("server", { streaming: true });
    protocol.close();
    protocol.receive(hex("01 81 00000000 61 80 81 00000000 62 82 80 00000000"));
    expect(events).toEqual([]);
  });

  it("sends no second Close after a fault that follows its own (7.1.7)", () => {
    const { protocol, output, events } = session("server");
    protocol.close();
    output.take();
    protocol.receive(hex("83 80"));
    expect(events).toEqual(["fault reserved-opcode 1002"]);
    expect(output.take()).toHaveLength(0);
    expect(protocol.state).toBe("failed");
  });

  it("answers a Close frame later where it is asked to", () => {
    const output = new OutputBuffer();
    const { handler, events } = session("server");
    const protocol = new Protocol({ role: "server", outlet: output, autoClose: false, autoPong: false }, handler);
    protocol.receive(hex("89 81 00000000 61 88 82 00000000 03e8"));
    expect(events).toEqual(["ping 61", 'close 1000 ""']);
    expect(output.take()).toHaveLength(0);
    // The peer has said all: that its input ends is no loss.
    expect([protocol.state, protocol.sendable, protocol.end()]).toEqual(["close-received", true, "close-received"]);
    protocol.sendText("last");
    protocol.pong(hex("61"));
    protocol.answerClose();
    protocol.answerClose();
    expect(toHex(output.take())).toBe("81046c617374" + "8a0161" + "880203e8");
    expect(protocol.state).toBe("closed");
  });

  it("owes the Close frame for a fault until it is asked for, and may send before it (7.1.7)", () => {
    const output = new OutputBuffer();
    const { handler, events } = session("server");
    const protocol = new Protocol({ role: "server", outlet: output, autoClose: false }, handler);
    protocol.receive(hex("83 80"));
    expect(events).toEqual(["fault reserved-opcode 1002"]);
    expect([protocol.state, protocol.sendable, protocol.end()]).toEqual(["failing", true, "failing"]);
    protocol.sendText("last");
    protocol.answerClose();
    expect(toHex(output.take())).toBe("81046c617374880203ea");
    expect([protocol.state, protocol.sendable]).toEqual(["failed", false]);
  });

  it("has answered a Ping when it tells of it, so that what the handler sends comes after (5.5.2)", () => {
    const { protocol, output, handler } = session("server");
    handler.onPing = () => protocol.sendText("seen");
    protocol.receive(hex("89 81 00000000 61"));
    expect(toHex(output.take())).toBe("8a0161" + "81047365656e");
  });

  it("is lost where the input ends without a Close frame (7.1.5)", () => {
    const { protocol, events } = session("server");
    protocol.receive(hex("01 81 00000000 61"));
    expect(protocol.end()).toBe("lost");
    protocol.receive(hex("80 81 00000000 62"));
    expect(events).toEqual([]);
  });

  it("throws on control payloads over 125 bytes (5.5), before anything is written", () => {
    const { protocol, output } = session("server");
    protocol.ping(new Uint8Array(125));
    protocol.pong(new Uint8Array(125));
    const zeroes = "00".repeat(125);
    expect(toHex(output.take())).toBe(`897d${zeroes}8a7d${zeroes}`);
    expect(() => protocol.ping(new Uint8Array(126))).toThrow(UsageError);
    expect(() => protocol.pong(new Uint8Array(126))).toThrow(UsageError);
    expect(() => protocol.close(1005)).toThrow(UsageError);
    expect(output.take()).toHaveLength(0);
    expect(protocol.state).toBe("open");
  });

  it("sends a message in pieces as one frame", () => {
    const { protocol, output } = session("server");
    protocol.beginMessage("text");
    protocol.sendPiece(hex("61"), false);
    protocol.sendPiece(hex("62"), true);
    expect(toHex(output.take())).toBe("81026162");
  });
});

describe("advance (7.1)", () => {
  it("has a next state for every step of every state", () => {
    const states: ProtocolState[] = ["open", "closing", "close-received", "closed", "failing", "failed", "lost"];
    for (const state of states) {
      for (const step of ["sendClose", "receiveClose", "fail", "end"] as const) {
        expect(states).toContain(advance(state, step));
      }
    }
  });
});

describe("ProtocolError", () => {
  it("names code, close code, section and detail", () => {
    const error = new ProtocolError("mask-required", "frame 3");
    expect(error).toMatchObject({ code: "mask-required", closeCode: 1002, section: "RFC 6455 5.1" });
    expect(error.message).toContain("frame 3");
  });
});
