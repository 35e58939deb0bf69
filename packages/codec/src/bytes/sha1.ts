/**
 * SHA-1 (FIPS 180-4, RFC 3174), which RFC 6455 section 4.2.2 uses to tie a response to its request. It protects nothing
 * there, and it is synchronous here because no runtime-neutral digest is.
 */

// Calls do not overlap, so one message schedule serves all of them.
const schedule = new Int32Array(80);

/** The 20-byte digest of `message`. */
export function sha1(message: Uint8Array): Uint8Array {
  const length = message.length;
  // A bit 1, zeros, and the length in bits as 64 bits, in whole blocks of 64 bytes.
  const padded = new Uint8Array(((length + 8) >>> 6) * 64 + 64);
  padded.set(message);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(padded.length - 4, length << 3);

  // The constants are written as signed 32-bit integers, which the engine keeps as such: 0x8f1bbcdc is -0x70e44324.
  let h0 = 0x67452301;
  let h1 = -0x10325477;
  let h2 = -0x67452302;
  let h3 = 0x10325476;
  let h4 = -0x3c2d1e10;
  for (let block = 0; block < padded.length; block += 64) {
    for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(block + t * 4);
    for (let t = 16; t < 80; t++) {
      const word = schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16];
      schedule[t] = (word << 1) | (word >>> 31);
    }
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    for (let t = 0; t < 80; t++) {
      let mixed: number;
      if (t < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
      else if (t < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
      else if (t < 60) mixed = ((b & c) | (b & d) | (c & d)) - 0x70e44324;
      else mixed = (b ^ c ^ d) - 0x359d3e2a;
      const next = (((a << 5) | (a >>> 27)) + (mixed | 0) + e + schedule[t]) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
  }
  const digest = new Uint8Array(20);
  const out = new DataView(digest.buffer);
  out.setInt32(0, h0);
  out.setInt32(4, h1);
  out.setInt32(8, h2);
  out.setInt32(12, h3);
  out.setInt32(16, h4);
  return digest;
}
