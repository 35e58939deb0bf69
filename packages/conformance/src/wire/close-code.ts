/**
 * RFC 6455 7.4 and the IANA registry: may this status code be sent in a Close frame? 1004 is undefined, 1005, 1006 and
 * 1015 MUST NOT be sent, 1016-2999 are for future revisions, 3000-4999 for libraries and applications.
 */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/** A Close payload: the status code in network order, then the reason (bytes, so that it may be broken on purpose). */
export function closePayload(code: number, reason: Uint8Array | string = ""): Uint8Array {
  const text = typeof reason === "string" ? Buffer.from(reason, "utf8") : reason;
  const payload = new Uint8Array(2 + text.length);
  payload[0] = (code >>> 8) & 0xff;
  payload[1] = code & 0xff;
  payload.set(text, 2);
  return payload;
}
