/** Our client inside workerd: each request tells it what to try, and is answered with what became of it. */
import { ConnectError, connect, UsageError } from "@samewire/workers";

const MAX = 32 << 20;

interface Order {
  url: string;
  sizes?: number[];
  options?: object;
  abortAfter?: number;
  /** The request ends while its connection is still open. */
  leave?: boolean;
}

async function run(order: Order): Promise<object> {
  const { url, sizes = [], options = {}, abortAfter, leave = false } = order;
  const signal = abortAfter === undefined ? {} : { signal: AbortSignal.timeout(abortAfter) };
  const limits = { maxMessageSize: MAX, maxBufferedAmount: 2 * MAX };
  const socket = await connect(url, { ...limits, ...options, ...signal });
  if (leave) {
    socket.send("left");
    return { left: await socket.receive() };
  }
  let same = 0;
  for (const size of sizes) {
    const bytes = new Uint8Array(size).fill(0x61);
    socket.send(bytes);
    const back = await socket.receive();
    if (back instanceof Uint8Array && back.length === size && back.every((byte) => byte === 0x61)) same += 1;
    const text = "a".repeat(size);
    socket.send(text);
    if ((await socket.receive()) === text) same += 1;
  }
  const { peer, subprotocol } = socket;
  const { code, reason, clean } = await socket.close(4002, "from workerd");
  return { same, peer, subprotocol, code, reason, clean };
}

export default {
  async fetch(request: Request): Promise<Response> {
    try {
      return Response.json(await run(await request.json()));
    } catch (error) {
      if (error instanceof UsageError) return Response.json({ misuse: error.message });
      if (!(error instanceof ConnectError)) throw error;
      const { code, message, response } = error;
      const body = response && new TextDecoder().decode(response.body);
      return Response.json({ failed: code, message, status: response?.status, body });
    }
  },
};
