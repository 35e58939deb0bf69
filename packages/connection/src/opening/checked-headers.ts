import { type HeaderInit, UsageError } from "@samewire/codec";

/**
 * Header fields as the application gives them, which may be anything. Whether each may be sent, the codec judges.
 *
 * @returns what may be read more than once: they may be a generator's
 * @throws UsageError `headers` on what is neither an object of fields nor a list of pairs
 */
export function checkedHeaders(headers: unknown = []): HeaderInit {
  if (typeof headers !== "object" || headers === null) {
    throw new UsageError("headers", `headers are an object or pairs, not ${String(headers)}`);
  }
  if (!(Symbol.iterator in headers)) return headers as HeaderInit;
  const pairs: readonly unknown[] = [...(headers as Iterable<unknown>)];
  if (pairs.every(Array.isArray)) return pairs as HeaderInit;
  throw new UsageError("headers", "each header is a pair: name and value");
}
