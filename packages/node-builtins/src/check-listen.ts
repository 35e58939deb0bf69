import { checkOption } from "@samewire/connection";

/** Where a server is to listen. */
export interface ListenAddress {
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
}

/** @throws UsageError on a port, a host or a path that nobody can listen on: runtimes disagree about what these mean */
export function checkListen({ port, host, path }: ListenAddress): void {
  const isPort = typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65_535;
  checkOption(port === undefined || isPort, "port is a whole number from 0 to 65535", port);
  checkOption(host === undefined || isName(host), "host is a name or an address", host);
  checkOption(path === undefined || isName(path), "path is that of a Unix socket", path);
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
