import type { PeerInfo } from "@samewire/connection";

/** Reads `host:port` or `[host]:port`, as workerd writes addresses. What it does not tell stays undefined. */
export function peerInfo(address: string | undefined, secure: boolean): PeerInfo {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^[\]]+)):(\d{1,5})$/.exec(address ?? "") ?? [];
  return port === undefined ? { secure } : { address: bracketed ?? plain, port: Number(port), secure };
}
