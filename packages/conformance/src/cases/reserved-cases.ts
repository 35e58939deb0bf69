import type { ConformanceCase } from "../case.ts";
import { binaryMessage, textMessage } from "../expectations.ts";
import { binary, close, continuation, type FrameSpec, ping, pong, text } from "../wire/frame.ts";
import { fails } from "./script.ts";

const SECTION = "RFC 6455 5.2";
const RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

const CARRIERS: readonly (readonly [name: string, frame: FrameSpec])[] = [
  ["text", text("Hello")],
  ["binary", binary("00 ff fe fd fc fb 00 ff")],
  ["ping", ping("Hello")],
  ["pong", pong("Hello")],
  ["close", close(1000)],
];

/** Reserved bits and opcodes (RFC 6455 5.2): both fail the connection, where no extension was agreed. */
export const reservedCases: readonly ConformanceCase[] = [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((rsv) => reservedBits(rsv)),
  ...fails({
    id: "FR-17.30",
    title: "RSV1 between two good messages",
    section: SECTION,
    covers: ["6455-5.2-b"],
    send: [text("before"), text("Hello", { rsv: 4 })],
    before: [textMessage("before")],
    codes: [1002],
  }),
  ...fails({
    id: "FR-17.31",
    title: "RSV2 on a continuation frame",
    section: SECTION,
    covers: ["6455-5.2-b"],
    send: [text("Hel", { fin: false }), continuation("lo", { rsv: 2 })],
    codes: [1002],
  }),
  ...fails({
    id: "FR-17.32",
    title: "RSV1 on a continuation frame",
    section: SECTION,
    covers: ["6455-5.2-b"],
    send: [text("Hel", { fin: false }), continuation("lo", { rsv: 4 })],
    codes: [1002],
  }),
  ...RESERVED_OPCODES.flatMap((opcode) => reservedOpcode(opcode)),
];

function reservedBits(rsv: number): ConformanceCase[] {
  const names = ["RSV1", "RSV2", "RSV3"].filter((_, bit) => (rsv & (4 >> bit)) !== 0).join(" and ");
  return CARRIERS.flatMap(([name, frame]) =>
    fails({
      id: `FR-17.rsv${rsv}-${name}`,
      title: `${names} on a ${name} frame`,
      section: SECTION,
      covers: ["6455-5.2-b", ...(rsv === 4 ? ["DF-22"] : [])],
      send: [{ ...frame, rsv }],
      codes: [1002],
    }),
  );
}

function reservedOpcode(opcode: number): ConformanceCase[] {
  const name = `0x${opcode.toString(16)}`;
  const common = { section: SECTION, covers: ["6455-5.2-c"], codes: [1002] } as const;
  return [
    ...fails({ ...common, id: `FR-17.op${opcode}-1`, title: `Opcode ${name} without payload`, send: [{ opcode }] }),
    ...fails({
      ...common,
      id: `FR-17.op${opcode}-2`,
      title: `Opcode ${name} with payload, behind a good message`,
      send: [binary("01 02"), { opcode, payload: Uint8Array.of(1, 2, 3) }],
      before: [binaryMessage(Uint8Array.of(1, 2))],
    }),
    ...fails({
      ...common,
      id: `FR-17.op${opcode}-3`,
      title: `Opcode ${name} between two fragments`,
      send: [text("Hel", { fin: false }), { opcode }, continuation("lo")],
    }),
  ];
}
