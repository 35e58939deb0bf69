import type { DeflateEngine, Inflater } from "@samewire/codec";

/**
 * Whether an engine does what permessage-deflate needs of it: context takeover, a reset, bounded output, invalid data
 * told, data that break off inside a block too, and what follows a block with BFINAL set read on.
 */
export function provesItself(engine: DeflateEngine): boolean {
  try {
    const deflater = engine.createDeflater({ windowBits: 13, level: 2, memLevel: 6 });
    const inflater = engine.createInflater({ windowBits: 13 });
    const message = Uint8Array.from({ length: 2000 }, (_, at) => (at * at * 31) >> 5);
    const first = deflater.deflate(message, true).slice();
    const second = deflater.deflate(message, true).slice();
    deflater.reset();
    const third = deflater.deflate(message, true).slice();
    const forgot = third.length === first.length;
    const back = inflates(inflater, first, message) && inflates(inflater, second, message);
    inflater.reset();
    // The second message has to refer to what was just forgotten: it must fail, and so must a reserved type of block.
    const strict = inflater.inflate(second, true, 65_536) === undefined;
    inflater.reset();
    const refused = inflater.inflate(new Uint8Array([0x06]), true, 65_536) === undefined;
    inflater.reset();
    // The beginning of a block with codes of its own.
    const whole = inflater.inflate(new Uint8Array([4, 0]), true, 65_536) === undefined;
    inflater.reset();
    // An empty block with fixed codes and BFINAL set, and a stored one with the byte 0 after it.
    const continues = inflates(inflater, new Uint8Array([3, 0, 0, 1, 0, 0xfe, 0xff, 0, 0]), new Uint8Array(1));
    deflater.release();
    inflater.release();
    return forgot && back && strict && refused && whole && continues;
  } catch {
    return false;
  }
}

/** Whether a message inflates to what it was, taken 100 bytes at a time. */
function inflates(inflater: Inflater, compressed: Uint8Array, message: Uint8Array): boolean {
  let at = 0;
  let input = compressed;
  do {
    const output = inflater.inflate(input, true, 100);
    if (output === undefined || output.length > 100) return false;
    for (const byte of output) if (byte !== message[at++]) return false;
    input = new Uint8Array(0);
  } while (inflater.pending && at <= message.length);
  return at === message.length;
}
