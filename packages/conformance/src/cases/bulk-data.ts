import { Random } from "../random.ts";
import { utf8 } from "../wire/bytes.ts";

/** Bytes of each kind that are made; messages are cut out of them. */
const LENGTH = 300_000;

/** A kind of data that compresses in its own way. */
export interface BulkData {
  readonly name: string;
  /** Sent as text messages. */
  readonly text: boolean;
  /** `size` bytes; each `index` gets another stretch. */
  take(size: number, index: number): Uint8Array;
}

function kind(name: string, text: boolean, make: () => Uint8Array): BulkData {
  let made: Uint8Array | undefined;
  return {
    name,
    text,
    take(size, index) {
      made ??= make();
      const at = (index * 977) % (made.length - size);
      return made.subarray(at, at + size);
    },
  };
}

function repeat(next: (random: Random) => string): Uint8Array {
  const random = new Random(7692);
  let content = "";
  while (content.length < LENGTH) content += next(random);
  return utf8(content.slice(0, LENGTH));
}

const SYLLABLES = ["ver", "lan", "mo", "ti", "sa", "ren", "qui", "do", "bel", "a", "nor", "eth", "uth", "in"];

function word(random: Random): string {
  return Array.from({ length: 1 + random.below(3) }, () => SYLLABLES[random.below(SYLLABLES.length)]).join("");
}

/** A picture of smooth gradients with some grain, three bytes a point. */
function picture(): Uint8Array {
  const random = new Random(512);
  return Uint8Array.from({ length: LENGTH }, (_, index) => {
    const point = Math.floor(index / 3);
    return ((point % 300) / 2 + Math.floor(point / 300) / 3 + random.below(3) + (index % 3) * 40) & 0xff;
  });
}

/** JSON, prose, markup, a picture, noise: what real messages are made of. All text is ASCII, so that any cut is text too. */
export const BULK_DATA: readonly BulkData[] = [
  kind("JSON", true, () =>
    repeat((random) => `{"id":${random.below(1e6)},"name":"${word(random)}","score":${random.below(1e4) / 100}},`),
  ),
  kind("prose", true, () => repeat((random) => `${word(random)}${random.below(9) === 0 ? ".\n" : " "}`)),
  kind("HTML", true, () =>
    repeat(
      (random) => `<li class="item item-${random.below(9)}"><a href="/${word(random)}">${word(random)}</a></li>\n`,
    ),
  ),
  kind("picture", false, picture),
  kind("noise", false, () => new Random(1).bytes(LENGTH)),
];
