/** A sequence of bytes (hex) that is text or is not, after Markus Kuhn's classification of what goes wrong in decoders. */
export interface Utf8Sequence {
  readonly id: string;
  readonly title: string;
  readonly bytes: string;
}

const GREETING = "ce ba e1 bd b9 cf 83 ce bc ce b5";

/** Sequences that RFC 3629 allows. */
export const VALID_SEQUENCES: readonly Utf8Sequence[] = [
  ...named("5", "Valid", [
    ["Hello in ASCII", "48 65 6c 6c 6f 2d c2 b5 40 c3 9f c3 b6 c3 a4 c3 bc c3 a0 c3 a1 2d 55 54 46 2d 38 21 21"],
    ["Greek: kosme", GREETING],
    ["U+0000", "00"],
    ["U+007F", "7f"],
    ["U+0080", "c2 80"],
    ["U+07FF", "df bf"],
    ["U+0800", "e0 a0 80"],
    ["U+FFFF", "ef bf bf"],
    ["U+10000", "f0 90 80 80"],
    ["U+10FFFF", "f4 8f bf bf"],
  ]),
  ...named("6", "Prefix of kosme that is whole:", [
    ["1 character", "ce ba"],
    ["2 characters", "ce ba e1 bd b9"],
    ["3 characters", "ce ba e1 bd b9 cf 83"],
    ["4 characters", "ce ba e1 bd b9 cf 83 ce bc"],
  ]),
  ...named("11", "Near the edges:", [
    ["U+D7FF, before the surrogates", "ed 9f bf"],
    ["U+E000, after the surrogates", "ee 80 80"],
    ["U+FFFD", "ef bf bd"],
    ["U+FEFF, a byte order mark that stays", "ef bb bf 61"],
    ["U+FEFF alone", "ef bb bf"],
    ["U+CFFF", "ec bf bf"],
    ["U+FFFFF", "f3 bf bf bf"],
  ]),
  ...named("22", "Noncharacter", noncharacters()),
  ...named("23", "Special", [
    ["U+FFF9", "ef bf b9"],
    ["U+FFFA", "ef bf ba"],
    ["U+FFFB", "ef bf bb"],
    ["U+FFFC", "ef bf bc"],
    ["U+FFFD", "ef bf bd"],
    ["U+FFFE", "ef bf be"],
    ["U+FFFF", "ef bf bf"],
  ]),
];

/** Sequences that are wrong whatever follows, or that are unfinished where the message ends. */
export const INVALID_SEQUENCES: readonly Utf8Sequence[] = [
  ...named("3", "Invalid:", [
    ["a surrogate inside text", `${GREETING} ed a0 80 65 64 69 74 65 64`],
    ["a code point above U+10FFFF inside text", `${GREETING} f4 90 80 80 65 64 69 74 65 64`],
    ["an overlong slash inside text", "2f c0 af 2f"],
  ]),
  ...named("7", "Unfinished at the end:", [
    ["kosme less 1 byte", "ce ba e1 bd b9 cf 83 ce bc ce"],
    ["kosme less 3 bytes", "ce ba e1 bd b9 cf 83 ce"],
    ["kosme less 5 bytes", "ce ba e1 bd b9 cf"],
    ["kosme less 7 bytes", "ce ba e1 bd"],
    ["kosme less 8 bytes", "ce ba e1"],
    ["kosme less 10 bytes", "ce"],
    ["two of three bytes", "e2 82"],
    ["three of four bytes", "f0 9f 98"],
    ["two of four bytes", "f0 9f"],
    ["one of four bytes", "f0"],
  ]),
  ...named("8", "Longer than four bytes, first:", [
    ["5 bytes", "f8 88 80 80 80"],
    ["6 bytes", "fc 84 80 80 80 80"],
  ]),
  ...named("10", "Too large:", [
    ["U+110000", "f4 90 80 80"],
    ["U+1FFFFF", "f7 bf bf bf"],
    ["U+13FFFF", "f4 bf bf bf"],
    ["U+140000", "f5 80 80 80"],
    ["U+3FFFFFF", "fb bf bf bf bf"],
    ["U+7FFFFFFF", "fd bf bf bf bf bf"],
  ]),
  ...named("12", "Lone continuation:", [
    ["80", "80"],
    ["bf", "bf"],
    ["two", "80 bf"],
    ["three", "80 bf 80"],
    ["four", "80 bf 80 bf"],
    ["five", "80 bf 80 bf 80"],
    ["six", "80 bf 80 bf 80 bf"],
    ["all 64 of them", allBytes(0x80, 0xbf)],
    ["behind ASCII", "61 80"],
    ["behind a whole character", "c3 a4 80"],
  ]),
  ...named("13", "Lonely start:", [
    ["all two-byte starts, spaces between", spaced(0xc0, 0xdf)],
    ["all three-byte starts, spaces between", spaced(0xe0, 0xef)],
    ["all four-byte starts, spaces between", spaced(0xf0, 0xf7)],
    ["all five-byte starts, spaces between", spaced(0xf8, 0xfb)],
    ["all six-byte starts, spaces between", spaced(0xfc, 0xfd)],
    ["a two-byte start before a two-byte character", "c3 c3 a4"],
    ["a three-byte start before ASCII", "e2 82 41"],
    ["a four-byte start before ASCII", "f0 9f 98 41"],
  ]),
  ...named("14", "Last continuation missing:", [
    ["U+0000 overlong in 2", "c0"],
    ["U+0000 overlong in 3", "e0 80"],
    ["U+0000 overlong in 4", "f0 80 80"],
    ["U+0000 overlong in 5", "f8 80 80 80"],
    ["U+0000 overlong in 6", "fc 80 80 80 80"],
    ["U+07FF", "df"],
    ["U+FFFF", "ef bf"],
    ["U+1FFFFF", "f7 bf bf"],
    ["U+3FFFFFF", "fb bf bf bf"],
    ["U+7FFFFFFF", "fd bf bf bf bf"],
    [
      "all of these together",
      "c0 e0 80 f0 80 80 f8 80 80 80 fc 80 80 80 80 df ef bf f7 bf bf fb bf bf bf fd bf bf bf bf",
    ],
  ]),
  ...named("16", "Never UTF-8:", [
    ["fe", "fe"],
    ["ff", "ff"],
    ["fe fe ff ff", "fe fe ff ff"],
    ["c0", "c0"],
    ["c1", "c1"],
    ["f5", "f5"],
    ["ff behind a whole character", "e2 82 ac ff"],
  ]),
  ...named("17", "Overlong:", [
    ["slash in 2", "c0 af"],
    ["slash in 3", "e0 80 af"],
    ["slash in 4", "f0 80 80 af"],
    ["slash in 5", "f8 80 80 80 af"],
    ["slash in 6", "fc 80 80 80 80 af"],
    ["U+007F, the largest in 2", "c1 bf"],
    ["U+07FF, the largest in 3", "e0 9f bf"],
    ["U+FFFF, the largest in 4", "f0 8f bf bf"],
    ["U+1FFFFF, the largest in 5", "f8 87 bf bf bf"],
    ["U+3FFFFFF, the largest in 6", "fc 83 bf bf bf bf"],
    ["U+0000 in 2", "c0 80"],
    ["U+0000 in 3", "e0 80 80"],
    ["U+0000 in 4", "f0 80 80 80"],
    ["U+0000 in 5", "f8 80 80 80 80"],
    ["U+0000 in 6", "fc 80 80 80 80 80"],
  ]),
  ...named("20", "Surrogate:", [
    ["U+D800", "ed a0 80"],
    ["U+DB7F", "ed ad bf"],
    ["U+DB80", "ed ae 80"],
    ["U+DBFF", "ed af bf"],
    ["U+DC00", "ed b0 80"],
    ["U+DF80", "ed be 80"],
    ["U+DFFF", "ed bf bf"],
    ["pair D800 DC00", "ed a0 80 ed b0 80"],
    ["pair D800 DFFF", "ed a0 80 ed bf bf"],
    ["pair DB7F DC00", "ed ad bf ed b0 80"],
    ["pair DB7F DFFF", "ed ad bf ed bf bf"],
    ["pair DB80 DC00", "ed ae 80 ed b0 80"],
    ["pair DB80 DFFF", "ed ae 80 ed bf bf"],
    ["pair DBFF DC00", "ed af bf ed b0 80"],
    ["pair DBFF DFFF", "ed af bf ed bf bf"],
  ]),
];

function named(section: string, prefix: string, entries: readonly (readonly [string, string])[]): Utf8Sequence[] {
  return entries.map(([title, bytes], index) => ({
    id: `${section}.${index + 1}`,
    title: `${prefix} ${title}`,
    bytes,
  }));
}

function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function allBytes(first: number, last: number): string {
  return hexOf(Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

function spaced(first: number, last: number): string {
  return hexOf(Array.from({ length: last - first + 1 }, (_, index) => [first + index, 0x20]).flat());
}

/** U+xFFFE and U+xFFFF of every plane, and one of the block U+FDD0. All of them are text as far as RFC 3629 is concerned. */
function noncharacters(): (readonly [string, string])[] {
  const points = [
    0xfdd0,
    ...Array.from({ length: 17 }, (_, plane) => [plane * 0x10000 + 0xfffe, plane * 0x10000 + 0xffff]).flat(),
  ];
  return points.map((point) => [
    `U+${point.toString(16).toUpperCase()}`,
    hexOf(Buffer.from(String.fromCodePoint(point), "utf8")),
  ]);
}
