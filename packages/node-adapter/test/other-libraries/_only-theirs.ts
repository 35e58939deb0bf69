import type { Server } from "node:http";

/** Keeps the `upgrade` listeners that a library has added so far from what is ours. */
export function onlyTheirs(server: Server, ours: (target: string) => boolean): void {
  for (const theirs of server.listeners("upgrade")) {
    server.off("upgrade", theirs as () => void);
    server.on("upgrade", (request, ...rest) => {
      if (!ours(request.url ?? "/")) theirs.call(server, request, ...rest);
    });
  }
}
