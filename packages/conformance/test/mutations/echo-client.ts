import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { acceptKey } from "../../src/wire/accept-key.ts";
import type { DeflateContext } from "./deflate-context.ts";
import { acceptAnswer, parseExtensions } from "./deflate-offer.ts";
import { EchoConnection } from "./echo-connection.ts";
import { HANDSHAKE_TIMEOUT, LIMIT } from "./echo-server.ts";
import type { Fault, Faults } from "./fault.ts";
import { type Head, HeadFault, HeadReader, MAX_HEAD, tokens } from "./head-reader.ts";

/** Connects once and echoes; resolves when the connection is gone, however it ended. */
export function runEchoClient(url: string, faults: Faults): Promise<void> {
  const { hostname, port, pathname, search, host } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    socket.once("close", () => resolve());
    socket.on("error", () => socket.destroy());
    const key = randomBytes(faults.has("sends a short key") ? 15 : 16).toString("base64");
    socket.write(
      [
        `GET ${pathname}${search} HTTP/1.1`,
        `Host: ${host}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Key: ${key}`,
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Protocol: ${faults.has("offers a subprotocol that is no token") ? "no token" : "chat.v1"}`,
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        "",
        "",
      ].join("\r\n"),
    );
    if (faults.has("sends frames before the 101")) socket.write(Uint8Array.of(0x89, 0x80, 1, 2, 3, 4));
    awaitResponse(socket, key, faults);
  });
}

function awaitResponse(socket: Socket, key: string, faults: Faults): void {
  let reader = new HeadReader();
  let interim = 0;
  const timer = setTimeout(() => socket.destroy(), HANDSHAKE_TIMEOUT);
  const fail = (): void => {
    clearTimeout(timer);
    socket.off("data", onData);
    socket.end();
    socket.resume();
    setTimeout(() => socket.destroy(), 500).unref();
  };
  const onData = (chunk: Uint8Array): void => {
    try {
      const head = reader.push(chunk);
      if (head === undefined) return;
      if (/^HTTP\/1\.1 1(?!01)\d\d( |$)/.test(head.startLine)) {
        reader = new HeadReader();
        // Interim responses without end are a head without end.
        interim += chunk.length - head.rest.length;
        if (interim > MAX_HEAD) throw new HeadFault(0, "the interim responses are too large");
        if (head.rest.length > 0) onData(head.rest);
        return;
      }
      const deflate = check(head, key, faults);
      clearTimeout(timer);
      socket.off("data", onData).off("end", fail);
      const connection = new EchoConnection(socket, { role: "client", faults, limit: LIMIT, deflate });
      if (head.rest.length > 0) connection.receive(head.rest);
    } catch (error) {
      if (!(error instanceof HeadFault)) throw error;
      fail();
    }
  };
  socket
    .on("data", onData)
    .once("end", fail)
    .once("close", () => clearTimeout(timer));
}

/** RFC 6455 4.1: what a client checks in the response. Throws {@link HeadFault}. */
function check(head: Head, key: string, faults: Faults): DeflateContext | undefined {
  const has = (fault: Fault): boolean => faults.has(fault);
  const require = (good: boolean): void => {
    if (!good) throw new HeadFault(0, "the response");
  };
  require(/^HTTP\/1\.1 101( |$)/.test(head.startLine));
  const upgrade = tokens(head, "upgrade");
  require((upgrade.length === 1 && upgrade[0] === "websocket") || has("ignores a missing Upgrade"));
  require(tokens(head, "connection").includes("upgrade"));
  const accept = head.fields.get("sec-websocket-accept") ?? [];
  require((accept.length === 1 && accept[0] === acceptKey(key)) || has("ignores the accept key"));
  const protocols = head.fields.get("sec-websocket-protocol");
  const chosen = protocols === undefined || (protocols.length === 1 && protocols[0] === "chat.v1");
  require(chosen || has("accepts subprotocols it did not offer"));
  const extensions = parseExtensions(head.fields.get("sec-websocket-extensions") ?? []);
  if (has("accepts extensions it did not offer")) return undefined;
  require(extensions !== undefined && extensions.length < 2);
  const [extension] = extensions ?? [];
  if (extension === undefined) return undefined;
  require(extension.name === "permessage-deflate");
  const deflate = acceptAnswer(extension, faults);
  require(deflate !== undefined);
  return deflate;
}
