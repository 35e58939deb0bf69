import type { PeerInfo } from "@samewire/connection";

/** Reads `host:port` or `[host]:port`, as workerd writes addresses. What it does not tell stays undefined. */
export function peerInfo(address: string | undefined, secure: boolean): PeerInfo {
  const match = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^[\]]+)):(?<port>\d{1,5})$/.exec(address ?? "");
  const host = match?.groups?.["bracketed"] ?? match?.groups?.["plain"];
  return match === null || host === undefined
    ? { secure }
    : { address: host, port: Number(match.groups?.["port"]), secure };
}
