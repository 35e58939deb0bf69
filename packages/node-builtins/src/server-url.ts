/** The URL under which a client on this machine reaches a server; of a Unix socket only a name, `ws+unix:path`. */
export function serverUrl(
  where: { readonly path?: string | undefined; readonly host?: string | undefined; readonly tls?: unknown },
  port: number,
): string {
  const { path, host, tls } = where;
  if (path !== undefined) return `ws+unix:${path}`;
  // A wildcard is an address to listen on, not to connect to.
  const name = host === undefined || host === "::" || host === "0.0.0.0" ? "localhost" : host;
  return `${tls === undefined ? "ws" : "wss"}://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
