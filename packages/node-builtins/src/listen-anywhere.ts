/** What says that the system has no IPv6, or that it is turned off. */
const NO_IPV6: readonly unknown[] = ["EAFNOSUPPORT", "EADDRNOTAVAIL"];

/**
 * Listens on `host`, or without one on every address of the machine: where it has no IPv6 that is every IPv4 address,
 * as `node:net` has it by itself.
 */
export function listenAnywhere<T>(host: string | undefined, listen: (host: string) => T): T {
  if (host !== undefined) return listen(host);
  try {
    return listen("::");
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    // Bun gives no reason. Where Deno gives no code, it has a name: a permission that is missing is not asked for twice.
    const unexplained = code === undefined && name === "Error";
    if (!unexplained && !NO_IPV6.includes(code)) throw error;
    return listen("0.0.0.0");
  }
}
