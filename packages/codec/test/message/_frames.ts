/** A masked frame (key 0) with its length in the shortest form. */
export function frame(first: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const header =
    length < 126
      ? [first, 0x80 | length]
      : length < 65536
        ? [first, 0xfe, length >> 8, length & 0xff]
        : [first, 0xff, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  return Uint8Array.from([...header, 0, 0, 0, 0, ...payload]);
}

/** The parts one after the other. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
