/** The example of the README and the design document in its form for Workers: the same handlers, no port. */
import { refuse, serve } from "@samewire/workers";

interface User {
  readonly name: string;
}

async function authenticate(authorization: string | null): Promise<User | undefined> {
  return authorization === "Bearer secret" ? { name: "ada" } : undefined;
}

const server = serve({
  subprotocols: ["chat.v2", "chat.v1"],
  pingInterval: 300,
  pongTimeout: 2_000,
  compression: true,
  async upgrade(request) {
    const user = await authenticate(request.headers.get("authorization"));
    return user ? { context: { user } } : refuse(401, { "www-authenticate": "Bearer" }, "Who are you?\n");
  },
  open(socket) {
    socket.subscribe("everybody");
  },
  async message(socket, message) {
    if (message === "who am I?") socket.send(`${socket.context.user.name} at ${socket.peer.address}`);
    else if (message === "tell everybody") server.publish("everybody", `${server.connections.size} are here`);
    else socket.send(message);
  },
  request() {
    return { status: 200, body: "ok" };
  },
});

export default {
  ...server,
  /** What other code of the Worker asks the hub. */
  async fetch(request: Request, env: unknown): Promise<Response> {
    const hub = server.hub(env);
    const { pathname } = new URL(request.url);
    if (pathname === "/publish") return Response.json(await hub.publish("everybody", "from outside"));
    if (pathname === "/count") return Response.json(await hub.connectionCount());
    return Response.json(await hub.drain({ deadline: 2_000 }));
  },
};
export const { Hub } = server;
