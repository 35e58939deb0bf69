import { Buffer } from "node:buffer";
import { checkOption } from "@samewire/connection";

/** Where a server listens. */
export interface ListenAddress {
  /** TCP port; 0, the default, lets the system choose. */
  readonly port?: number | undefined;
  /** Address to bind; by default every address of the machine, IPv4 and, where there is any, IPv6. */
  readonly host?: string | undefined;
  /** Path of a Unix socket (on Windows: of a named pipe) instead of host and port. A stale file is replaced. */
  readonly path?: string | undefined;
}

/** The room of `sockaddr_un` on Linux, which is the largest, without its NUL: Node 20 listens on a path that it has cut off. */
const LONGEST_PATH = 107;

/** @throws UsageError on a port, a host or a path that nobody can listen on: runtimes disagree about what these mean */
export function checkListen({ port, host, path }: ListenAddress): void {
  const isPort = typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65_535;
  checkOption(port === undefined || isPort, "port is a whole number from 0 to 65535", port);
  // Deno listens on an address in brackets; in a URL it would have two pairs of them.
  const isHost = host === undefined || (isName(host) && !host.startsWith("["));
  checkOption(isHost, "host is a name or an address, without brackets", host);
  const isPath = isName(path) && Buffer.byteLength(path as string) <= LONGEST_PATH;
  checkOption(path === undefined || isPath, `path is that of a Unix socket, of at most ${LONGEST_PATH} bytes`, path);
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
