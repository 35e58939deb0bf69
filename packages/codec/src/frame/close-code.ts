/** Stands for a Close frame without a status code, and is never on the wire (RFC 6455 section 7.1.5). */
export const NO_STATUS = 1005;

/** Whether a status code may stand in a Close frame (sections 7.4.1 and 7.4.2): registered, or 3000-4999. */
export function isWireCloseCode(code: number): boolean {
  return (
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999))
  );
}
