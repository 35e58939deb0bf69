/**
 * RFC 6455 7.4: can this status code be in a Close frame at all? 0-999 are not used, 1004 is undefined, 1005, 1006 and 1015 MUST NOT
 * be sent, 5000 and above do not exist. 1016-2999 are for future revisions: nobody should send one yet, which is for the
 * cases to judge, since an endpoint that echoes one it does not know breaks no MUST.
 */
export function isSendableCloseCode(code: number): boolean {
  return code >= 1000 && code <= 4999 && code !== 1004 && code !== 1005 && code !== 1006 && code !== 1015;
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
