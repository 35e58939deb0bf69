/** Candidate ways from bytes to strings and back, and of checking UTF-8. */

export function isAsciiByte(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] > 127) return false;
  return true;
}

/** ORs octets together, eight to an iteration, and looks at the sign bit once. */
export function isAsciiOr(bytes: Uint8Array, start: number, end: number): boolean {
  let seen = 0;
  let at = start;
  for (const stop = end - 7; at < stop; at += 8) {
    seen |=
      bytes[at] |
      bytes[at + 1] |
      bytes[at + 2] |
      bytes[at + 3] |
      bytes[at + 4] |
      bytes[at + 5] |
      bytes[at + 6] |
      bytes[at + 7];
    if (seen > 127) return false;
  }
  for (; at < end; at += 1) seen |= bytes[at];
  return seen < 128;
}

export function isAsciiDataView(view: DataView, bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (const stop = end - 15; at < stop; at += 16) {
    const seen =
      view.getInt32(at, true) |
      view.getInt32(at + 4, true) |
      view.getInt32(at + 8, true) |
      view.getInt32(at + 12, true);
    if ((seen & 0x80808080) !== 0) return false;
  }
  let seen = 0;
  for (; at < end; at += 1) seen |= bytes[at];
  return seen < 128;
}

export function isAsciiWords(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  let seen = 0;
  for (; at < end && ((bytes.byteOffset + at) & 3) !== 0; at += 1) seen |= bytes[at];
  const count = (end - at) >> 2;
  if (count > 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, count);
    let index = 0;
    for (const stop = count - 3; index < stop; index += 4) {
      if (((words[index] | words[index + 1] | words[index + 2] | words[index + 3]) & 0x80808080) !== 0) return false;
    }
    let rest = 0;
    for (; index < count; index += 1) rest |= words[index];
    if ((rest & 0x80808080) !== 0) return false;
    at += count << 2;
  }
  for (; at < end; at += 1) seen |= bytes[at];
  return seen < 128;
}

/** A table-free validator (Unicode 3.9, table 3-7), octet by octet. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = bytes[at];
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    let low = 0x80;
    let high = 0xbf;
    let more = 0;
    if (lead >= 0xc2 && lead <= 0xdf) more = 1;
    else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead === 0xe0) low = 0xa0;
      else if (lead === 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead === 0xf0) low = 0x90;
      else if (lead === 0xf4) high = 0x8f;
    } else return false;
    if (at + more >= end) return false;
    for (at += 1; more > 0; more -= 1, at += 1) {
      const octet = bytes[at];
      if (octet < low || octet > high) return false;
      low = 0x80;
      high = 0xbf;
    }
  }
  return true;
}

const REJECT = 12;
// Björn-style automaton, generated here from table 3-7 rather than typed in: classes of octets, then states x classes.
function buildAutomaton(): { classes: Uint8Array; transitions: Uint8Array } {
  const classes = new Uint8Array(256);
  const set = (from: number, to: number, value: number): void => {
    for (let octet = from; octet <= to; octet += 1) classes[octet] = value;
  };
  set(0x80, 0x8f, 1);
  set(0x90, 0x9f, 2);
  set(0xa0, 0xbf, 3);
  set(0xc0, 0xc1, 11);
  set(0xc2, 0xdf, 4);
  classes[0xe0] = 5;
  set(0xe1, 0xec, 6);
  classes[0xed] = 7;
  set(0xee, 0xef, 6);
  classes[0xf0] = 8;
  set(0xf1, 0xf3, 9);
  classes[0xf4] = 10;
  set(0xf5, 0xff, 11);
  const transitions = new Uint8Array(12 * 9).fill(REJECT * 9);
  // states (rows of 12): 0 accept, 1 one more, 2 two more, 3 after E0, 4 after ED, 5 three more, 6 after F0, 7 after F4
  const put = (state: number, octetClass: number, next: number): void => {
    transitions[state * 12 + octetClass] = next * 12;
  };
  transitions.fill(8 * 12);
  put(0, 0, 0);
  put(0, 4, 1);
  put(0, 5, 3);
  put(0, 6, 2);
  put(0, 7, 4);
  put(0, 8, 6);
  put(0, 9, 5);
  put(0, 10, 7);
  for (const tail of [1, 2, 3]) {
    put(1, tail, 0);
    put(2, tail, 1);
    put(5, tail, 2);
  }
  put(3, 3, 1);
  put(4, 1, 1);
  put(4, 2, 1);
  put(6, 2, 2);
  put(6, 3, 2);
  put(7, 1, 2);
  return { classes, transitions };
}
const { classes: CLASSES, transitions: TRANSITIONS } = buildAutomaton();

/** A table automaton: one lookup of the class and one of the transition an octet. */
export function isUtf8Automaton(bytes: Uint8Array, start: number, end: number): boolean {
  let state = 0;
  for (let at = start; at < end; at += 1) {
    state = TRANSITIONS[state + CLASSES[bytes[at]]];
    if (state === 96) return false;
  }
  return state === 0;
}

/** The automaton with runs of ASCII skipped a DataView word at a time. */
export function isUtf8AutomatonWords(view: DataView, bytes: Uint8Array, start: number, end: number): boolean {
  let state = 0;
  let at = start;
  while (at < end) {
    if (state === 0) {
      const stop = end - 7;
      while (at < stop && ((view.getInt32(at, true) | view.getInt32(at + 4, true)) & 0x80808080) === 0) at += 8;
      if (at >= end) break;
    }
    // Stay in the automaton for a while: mixed text would otherwise try a word at every character.
    const until = Math.min(end, at + 16);
    for (; at < until; at += 1) {
      state = TRANSITIONS[state + CLASSES[bytes[at]]];
      if (state === 96) return false;
    }
  }
  return state === 0;
}

/** Builds an ASCII string by `fromCharCode` over slices; answers undefined at the first octet above 127. */
export function asciiLoop(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  for (let at = start; at < end; at += 1) {
    const octet = bytes[at];
    if (octet > 127) return undefined;
    text += String.fromCharCode(octet);
  }
  return text;
}

export function asciiApply(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(undefined, bytes.subarray(start, end) as unknown as number[]);
}

/** Writes an ASCII string's octets; answers -1 at the first character above 127. */
export function encodeAscii(text: string, into: Uint8Array, at: number): number {
  const { length } = text;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 127) return -1;
    into[at + index] = code;
  }
  return length;
}
