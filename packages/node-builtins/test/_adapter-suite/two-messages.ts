import { sleep } from "./adapter.ts";

/**
 * Two small messages, in two writes. With Nagle's algorithm the second one waits for the acknowledgement of the first,
 * which a system delays by 40 ms or more where it has nothing else to send.
 */
export async function twoMessages(socket: { send(message: string): unknown }): Promise<void> {
  socket.send("first");
  await sleep(1);
  socket.send("second");
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
