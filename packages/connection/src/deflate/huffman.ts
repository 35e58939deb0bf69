/**
 * Huffman's codes (RFC 1951 section 3.2.2): how long that of each symbol is, given how often it comes, and what the codes
 * of given lengths are. The lengths are found in place, after A. Moffat and J. Katajainen, "In-place calculation of
 * minimum-redundancy codes" (1995), without making a tree.
 */

/** No block has more symbols than these. */
const MOST_SYMBOLS = 288;
const LONGEST = 15;

/** The symbols that occur, by how often they do, and what is known of each: first its frequency, in the end its length. */
const occurring = new Uint16Array(MOST_SYMBOLS);
const sorted = new Uint16Array(MOST_SYMBOLS);
const work = new Int32Array(MOST_SYMBOLS);
/** Frequencies below this are sorted by counting, those above by insertion: of text there are few. */
const COUNTED = 64;
const starts = new Uint16Array(COUNTED + 1);

/**
 * Fills in `lengths`, at most `limit` each and 0 for what does not occur. At least two symbols have a code, whatever occurs:
 * of one alone half of all codes would mean nothing, and not every inflater takes that.
 */
export function codeLengths(frequencies: Int32Array, limit: number, lengths: Uint8Array): void {
  lengths.fill(0);
  const count = sortByFrequency(frequencies);
  if (count < 2) {
    const only = count === 0 ? 0 : (sorted[0] as number);
    lengths[only] = 1;
    lengths[only === 0 ? 1 : 0] = 1;
    return;
  }
  for (let at = 0; at < count; at += 1) work[at] = frequencies[sorted[at] as number] as number;
  depths(count);
  if ((work[0] as number) > limit) keepWithin(limit, count);
  for (let at = 0; at < count; at += 1) lengths[sorted[at] as number] = work[at] as number;
}

/** Fills in `sorted`, the rarest first; how many symbols occur. */
function sortByFrequency(frequencies: Int32Array): number {
  let count = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol += 1) {
    occurring[count] = symbol;
    // One more where it occurs, without asking: the processor would guess wrong half the times.
    count += -(frequencies[symbol] as number) >>> 31;
  }
  starts.fill(0);
  for (let at = 0; at < count; at += 1) {
    const frequency = frequencies[occurring[at] as number] as number;
    (starts[Math.min(frequency, COUNTED - 1) + 1] as number)++;
  }
  for (let at = 1; at < COUNTED; at += 1) starts[at] = (starts[at] as number) + (starts[at - 1] as number);
  const many = starts[COUNTED - 1] as number;
  for (let at = 0; at < count; at += 1) {
    const symbol = occurring[at] as number;
    const frequency = frequencies[symbol] as number;
    let to = (starts[Math.min(frequency, COUNTED - 1)] as number)++;
    if (frequency >= COUNTED - 1) {
      for (; to > many && (frequencies[sorted[to - 1] as number] as number) > frequency; to -= 1) {
        sorted[to] = sorted[to - 1] as number;
      }
    }
    sorted[to] = symbol;
  }
  return count;
}

/** Of the first `count` of `work`, sorted frequencies, makes the depths of the leaves in Huffman's tree. */
function depths(count: number): void {
  // From the left on frequencies give way to the weights of inner nodes, and these, once they have a node above them, to
  // its index. The next two to be joined are at the front of what is left of either.
  let leaf = 0;
  let inner = 0;
  for (let next = 0; next < count - 1; next += 1) {
    let weight = 0;
    for (let child = 0; child < 2; child += 1) {
      if (leaf < count && (inner === next || (work[leaf] as number) <= (work[inner] as number))) {
        weight += work[leaf++] as number;
      } else {
        weight += work[inner] as number;
        work[inner++] = next;
      }
    }
    work[next] = weight;
  }
  // The nodes above become the depths of the inner nodes, from the root down.
  work[count - 2] = 0;
  for (let next = count - 3; next >= 0; next -= 1) work[next] = (work[work[next] as number] as number) + 1;
  // At each depth, what is not an inner node is a leaf.
  let free = 1;
  let depth = 0;
  let to = count - 1;
  inner = count - 2;
  while (free > 0) {
    let used = 0;
    for (; inner >= 0 && work[inner] === depth; inner -= 1) used += 1;
    for (; free > used; free -= 1) work[to--] = depth;
    free = 2 * used;
    depth += 1;
  }
}

/** Shortens what is longer than `limit`, and makes others longer for it, until every code has a place and every place a code. */
function keepWithin(limit: number, count: number): void {
  const places = 1 << limit;
  let taken = 0;
  for (let at = 0; at < count; at += 1) {
    if ((work[at] as number) > limit) work[at] = limit;
    taken += 1 << (limit - (work[at] as number));
  }
  let at = 0;
  while (taken > places) {
    // The rarest of those that can be longer; it then takes half of what it took.
    while (work[at] === limit) at += 1;
    (work[at] as number)++;
    taken -= 1 << (limit - (work[at] as number));
  }
  // That may have been more than was wanted: the places left go to the most frequent of the longest.
  at = work.subarray(0, count).lastIndexOf(limit);
  for (; taken < places; taken += 1) (work[at--] as number)--;
}

const counts = new Uint16Array(LONGEST + 1);
const next = new Uint16Array(LONGEST + 1);

/** Fills in the codes of these lengths, their bits in the order in which they are sent: the first is the lowest. 0 for the length 0. */
export function canonicalCodes(lengths: Uint8Array, codes: Uint16Array): void {
  counts.fill(0);
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const bits = lengths[symbol] as number;
    if (bits > 0) (counts[bits] as number)++;
  }
  let code = 0;
  for (let bits = 1; bits <= LONGEST; bits += 1) {
    code = (code + (counts[bits - 1] as number)) << 1;
    next[bits] = code;
  }
  codes.fill(0);
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const bits = lengths[symbol] as number;
    if (bits === 0) continue;
    const straight = (next[bits] as number)++;
    codes[symbol] = (((MIRRORED[straight & 0xff] as number) << 8) | (MIRRORED[straight >> 8] as number)) >> (16 - bits);
  }
}

/** Octets with their bits in the opposite order. */
const MIRRORED = Uint8Array.from({ length: 256 }, (_, octet) => {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit += 1) mirrored |= ((octet >> bit) & 1) << (7 - bit);
  return mirrored;
});
