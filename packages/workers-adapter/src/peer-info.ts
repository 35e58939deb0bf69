import type { PeerInfo } from "@samewire/connection";

/** What a forwarded socket of a peer without an address, one of a Unix socket, is dialled by: something must be. */
export const NO_ADDRESS = "unknown:0";

/** Reads `host:port` or `[host]:port`, as workerd writes addresses. What it does not tell stays undefined. */
export function peerInfo(address: string | undefined, secure: boolean): PeerInfo {
  const [, bracketed, plain, port] =
    address === NO_ADDRESS ? [] : (/^(?:\[([^\]]+)\]|([^[\]]+)):(\d{1,5})$/.exec(address ?? "") ?? []);
  return port === undefined ? { secure } : { address: bracketed ?? plain, port: Number(port), secure };
}
