import { type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { binaryMessage, closeNormally, expectAll, expectFailure } from "../expectations.ts";
import { hex } from "../wire/bytes.ts";
import { binary, continuation, encodeFrame, text, ZERO_KEY } from "../wire/frame.ts";
import { failsEarly, oversize } from "./early-fault.ts";
import { noise } from "./pattern.ts";
import { failureInWords } from "./script.ts";

const SECTION = "RFC 6455 5.2";
const LIMITS = "RFC 6455 10.4";

/** Declared lengths that are illegal, beyond what numbers hold, or beyond the testee's limit. */
export const lengthLimitCases: readonly ConformanceCase[] = [
  ...oversize({
    id: "FR-6.1",
    title: "2^32 + 5 bytes declared, never read as 5",
    section: LIMITS,
    header: "82 7f 00 00 00 01 00 00 00 05",
  }),
  ...oversize({
    id: "FR-6.2",
    title: "2^33 bytes declared, never read as 0",
    section: LIMITS,
    header: "82 7f 00 00 00 02 00 00 00 00",
  }),
  ...oversize({
    id: "FR-10.1",
    title: "2^53 + 1 bytes declared",
    section: LIMITS,
    header: "82 7f 00 20 00 00 00 00 00 01",
  }),
  ...oversize({
    id: "FR-10.2",
    title: "2^53 - 1 bytes declared",
    section: LIMITS,
    header: "82 7f 00 1f ff ff ff ff ff ff",
  }),
  ...oversize({
    id: "FR-11.1",
    title: "2^31 bytes declared, never negative",
    section: LIMITS,
    header: "82 7f 00 00 00 00 80 00 00 00",
  }),
  ...oversize({
    id: "FR-11.2",
    title: "2^32 - 1 bytes declared, never -1",
    section: LIMITS,
    header: "82 7f 00 00 00 00 ff ff ff ff",
  }),
  ...oversize({
    id: "FR-12.1",
    title: "2^63 - 1 bytes declared",
    section: LIMITS,
    header: "82 7f 7f ff ff ff ff ff ff ff",
  }),
  ...oversize({
    id: "FR-12.2",
    title: "2^62 bytes of text declared",
    section: LIMITS,
    header: "81 7f 40 00 00 00 00 00 00 00",
  }),
  ...oversize({
    id: "FR-13.1",
    title: "One byte, then a fragment of 2^63 - 1: the sum overflows",
    section: LIMITS,
    first: (peer) => peer.encode(binary("61", { fin: false })),
    header: "80 7f 7f ff ff ff ff ff ff ff",
  }),
  ...oversize({
    id: "FR-13.2",
    title: "One byte, then a fragment of 2^32 - 1: the sum is 2^32",
    section: LIMITS,
    first: (peer) => peer.encode(text("a", { fin: false })),
    header: "80 7f 00 00 00 00 ff ff ff ff",
  }),
  ...topBit("FR-7.1", "Most significant bit of the 64-bit length set", "82 7f 80 00 00 00 00 00 00 00"),
  ...topBit("FR-7.2", "The same with length 5 in the low bits", "81 7f 80 00 00 00 00 00 00 05"),
  ...topBit("FR-8.1", "A 64-bit length of -4 in two's complement", "82 7f ff ff ff ff ff ff ff fc"),
  ...topBit("FR-8.2", "A 64-bit length of -1 in two's complement", "82 7f ff ff ff ff ff ff ff ff"),
  ...failsEarly({
    id: "FR-15.1",
    title: "A reserved opcode is refused after two bytes, whatever the length",
    section: SECTION,
    prefix: "83 7f",
    keyInRest: true,
    rest: hex("00 00 00 00 7f ff ff ff"),
    codes: [1002],
  }),
  ...failsEarly({
    id: "FR-15.2",
    title: "A fragmented Ping is refused after two bytes",
    section: "RFC 6455 5.5",
    prefix: "09 05",
    keyInRest: true,
    rest: hex("48 65 6c 6c 6f"),
    codes: [1002],
  }),
  ...defineCase({
    id: "FR-14.1",
    title: "One byte more than the limit is refused at the header",
    section: LIMITS,
    roles: ROLES,
    needs: { exactLimit: true },
    input: "the header of a binary message one byte larger than the testee's limit, without payload",
    expectation: failureInWords([1009]),
    async run(context) {
      const peer = await context.open();
      await peer.sendBytes(headerOf(context.testee.maxMessageSize + 1, context.role === "server"));
      await expectFailure(peer, { codes: [1009] });
    },
  }),
  ...defineCase({
    id: "FR-14.2",
    title: "A message of exactly the limit is delivered",
    section: LIMITS,
    group: "thorough",
    roles: ROLES,
    needs: { exactLimit: true },
    timeout: 120_000,
    input: "a binary message of the size of the testee's limit",
    expectation: "It is echoed.",
    async run(context) {
      const peer = await context.open();
      const payload = noise(context.testee.maxMessageSize);
      await peer.send(binary(payload));
      await expectAll(peer, binaryMessage(payload));
      await closeNormally(peer);
    },
  }),
  ...defineCase({
    id: "RS-6.1",
    title: "Fragments below the limit, their sum above it",
    section: LIMITS,
    roles: ROLES,
    needs: { exactLimit: true },
    covers: ["FG-9"],
    input: "a fragment of 64 KiB, then the header of one that takes the sum to the limit plus one, then a new message",
    expectation: `${failureInWords([1009])} It happens at the second header.`,
    async run(context) {
      const peer = await context.open();
      const masked = context.role === "server";
      await peer.send(binary(noise(65_536), { fin: false }));
      const header = headerOf(context.testee.maxMessageSize + 1 - 65_536, masked, continuation("").opcode);
      await peer.sendBytes(header);
      if (!(await peer.transport.reacts(1_500)))
        context.nonStrict("the sum of the lengths is not checked at the header");
      await peer.send(text("a new message"));
      await expectFailure(peer, { codes: [1009] });
    },
  }),
];

function headerOf(length: number, masked: boolean, opcode = 2): Uint8Array {
  return encodeFrame({ opcode, declaredLength: length }, masked ? ZERO_KEY : undefined);
}

/** RFC 6455 5.2: "the most significant bit MUST be 0"; seen when the eight bytes of the length are there. */
function topBit(id: string, title: string, prefix: string): ConformanceCase[] {
  return failsEarly({
    id,
    title,
    section: SECTION,
    covers: ["6455-5.2-f"],
    prefix,
    keyInRest: true,
    rest: hex("48 65 6c 6c 6f"),
    codes: [1002],
  });
}
