/**
 * SHA-1 (FIPS 180-4, RFC 3174), which RFC 6455 section 4.2.2 uses to tie a response to its request. It protects nothing
 * there, and it is synchronous here because no runtime-neutral digest is.
 */

/** The constants of the four quarters: 2^30 times the square roots of 2, 3, 5 and 10, as 32-bit integers. */
const CONSTANTS = [2, 3, 5, 10].map((n) => (2 ** 30 * Math.sqrt(n)) | 0);

/** The state begins with these two, their complements, and one more. */
const FIRST = 0x67452301;
const SECOND = 0xefcdab89;

/** The words of a block and what is made of them. */
const schedule = new Int32Array(80);

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The 20-byte digest of `message`, which is shorter than 512 MiB. */
export function sha1(message: Uint8Array): Uint8Array {
  const { length } = message;
  // In words: the message, a bit 1, zeros, and the length in bits at the end of the last block of 16.
  const words = new Int32Array((((length + 8) >> 6) + 1) * 16);
  for (let i = 0; i <= length; i++) words[i >> 2] |= (i < length ? message[i] : 0x80) << (24 - (i % 4) * 8);
  words[words.length - 1] = length * 8;

  const state = Int32Array.of(FIRST, SECOND, ~FIRST, ~SECOND, 0xc3d2e1f0);
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d, e] = state;
    for (let t = 0; t < 80; t++) {
      schedule[t] =
        t < 16 ? words[block + t] : rotate(schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16], 1);
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
    [a, b, c, d, e].forEach((word, i) => {
      state[i] += word;
    });
  }
  const digest = new Uint8Array(20);
  for (let i = 0; i < 20; i++) digest[i] = state[i >> 2] >> (24 - (i % 4) * 8);
  return digest;
}
