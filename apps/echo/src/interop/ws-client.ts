import { WebSocket } from "ws";
import { runClient } from "./run-client.ts";
import { type WhatwgSocket, whatwgClient } from "./whatwg-client.ts";

const MAX_MESSAGE = 64 * 1024 * 1024;

type Client = WebSocket & WhatwgSocket;

await runClient((ca) =>
  whatwgClient(
    (url, deflate) =>
      new WebSocket(url, { ca, maxPayload: MAX_MESSAGE, perMessageDeflate: deflate && { threshold: 0 } }) as Client,
    (socket) => ({
      ping: () =>
        new Promise((resolve) => {
          socket.once("pong", () => resolve());
          socket.ping("beat");
        }),
      async sendFragments(parts) {
        parts.forEach((part, index) => {
          socket.send(part, { fin: index === parts.length - 1 });
        });
      },
    }),
  ),
);
