import type { OpeningRequest, PlainResponse } from "@samewire/connection";

/** What a browser sees on the echo server's port. */
export function page({ path }: OpeningRequest): PlainResponse {
  if (path !== "/") return { status: 404, body: "Not found.\n" };
  return { body: "This is a WebSocket echo server.\n" };
}
