/**
 * SHA-1 (FIPS 180-4, RFC 3174), which RFC 6455 section 4.2.2 uses to tie a response to its request. It protects nothing
 * there, and it is synchronous here because no runtime-neutral digest is.
 */

/** The constants of the four quarters: 2^30 times the square roots of 2, 3, 5 and 10, as 32-bit integers. */
const CONSTANTS = [2, 3, 5, 10].map((n) => (2 ** 30 * Math.sqrt(n)) | 0);

/** The state begins with these two, their complements, and one more. */
const FIRST = 0x67452301;
const SECOND = 0xefcdab89;

// Calls do not overlap, so one message schedule serves all of them.
const schedule = new Int32Array(80);

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The 20-byte digest of `message`, which is shorter than 512 MiB. */
export function sha1(message: Uint8Array): Uint8Array {
  const { length } = message;
  // A bit 1, zeros, and the length in bits, in whole blocks of 64 bytes.
  const padded = new Uint8Array(((length + 8) & -64) + 64);
  padded.set(message);
  padded[length] = 0x80;
  const input = new DataView(padded.buffer);
  input.setUint32(padded.length - 4, length << 3);

  const state = [FIRST, SECOND, ~FIRST, ~SECOND, 0xc3d2e1f0];
  for (let block = 0; block < padded.length; block += 64) {
    let [a, b, c, d, e] = state;
    for (let t = 0; t < 80; t++) {
      schedule[t] =
        t < 16
          ? input.getInt32(block + t * 4)
          : rotate(schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16], 1);
      const quarter = (t / 20) | 0;
      // Choice, parity, majority, parity.
      const mixed = quarter % 2 ? b ^ c ^ d : quarter ? (b & c) | ((b | c) & d) : d ^ (b & (c ^ d));
      const next = (rotate(a, 5) + mixed + e + CONSTANTS[quarter] + schedule[t]) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    for (const [i, word] of [a, b, c, d, e].entries()) state[i] = (state[i] + word) | 0;
  }
  const digest = new DataView(new ArrayBuffer(20));
  for (const [i, word] of state.entries()) digest.setInt32(i * 4, word);
  return new Uint8Array(digest.buffer);
}
