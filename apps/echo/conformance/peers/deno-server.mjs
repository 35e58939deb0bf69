// Echo server on Deno's own `Deno.upgradeWebSocket`: `deno run -A deno-server.mjs --port N`. Prints one line once it listens.
import { echoServerPort } from "./arguments.mjs";

const server = Deno.serve({ hostname: "127.0.0.1", port: echoServerPort(Deno.args), onListen() {} }, (request) => {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return new Response("no upgrade\n", { status: 400 });
  }
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => socket.send(data);
  socket.onerror = () => {};
  return response;
});
console.log(`listening on ws://127.0.0.1:${server.addr.port}`);
