/** What the kernel takes for a large write by where it begins in its page: docs/decisions/0022-send-phase.md. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { globals, record, wanted } from "./harness.ts";

const PAGE = 4096;
/** Fits what a loopback connection takes at once, and is whole pages: the kernel's own memory stays at a page's start. */
const SIZE = 256 * 1024;
const WRITES = 300;

interface Wasm {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
}
const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Wasm };

/** Of the runtimes whose `write` is a system call before it returns. */
export async function sendPhase(): Promise<void> {
  if (!wanted("send-phase") || globals.Deno !== undefined) return;
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [sender] = (await once(server, "connection")) as [Socket];
  sender.setNoDelay(true);
  let received = 0;
  let wake: (() => void) | undefined;
  receiver.on("data", (chunk) => {
    received += chunk.length;
    if (received % SIZE === 0) wake?.();
  });
  // Begins at a page wherever it is made.
  const { buffer } = new wasm.Memory({ initial: 1 + SIZE / 65_536 });
  for (const behind of [0, 1, 10, 16, 31, 32, 64, 1024, PAGE - 1]) {
    const payload = Buffer.from(buffer, (PAGE - behind) % PAGE, SIZE);
    const times: number[] = [];
    for (let i = 0; i < WRITES; i += 1) {
      const all = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const began = performance.now();
      sender.write(payload);
      times.push((performance.now() - began) * 1e6);
      await all;
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[WRITES * share] as number;
    record(`send-phase ${SIZE}`, `the kernel's place ${behind} behind ours`, at(0.25), at(0.5), at(0.75));
  }
  receiver.destroy();
  server.close();
}
