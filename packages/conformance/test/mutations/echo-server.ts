import { createServer, type Server, type Socket } from "node:net";
import { acceptKey } from "../../src/wire/accept-key.ts";
import type { DeflateContext } from "./deflate-context.ts";
import { agree, parseExtensions } from "./deflate-offer.ts";
import { EchoConnection } from "./echo-connection.ts";
import type { Fault, Faults } from "./fault.ts";
import { type Head, HeadFault, HeadReader, tokens } from "./head-reader.ts";

/** The largest message the testees of this folder take. */
export const LIMIT = 4 * 1_048_576;
/** After which an opening handshake that is not complete is given up, in milliseconds. */
export const HANDSHAKE_TIMEOUT = 9_000;

/** An echo server of our own, whole or with faults built in. */
export interface EchoServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export function startEchoServer(faults: Faults): Promise<EchoServer> {
  const sockets = new Set<Socket>();
  let dead = false;
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (dead) return void socket.destroy();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => {
      dead ||= faults.has("stops serving after a reset");
    });
    serve(socket, faults);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      resolve({
        url: `ws://127.0.0.1:${port}/`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

function serve(socket: Socket, faults: Faults): void {
  const reader = new HeadReader();
  const refuse = (status: number, fields = ""): void => {
    socket.off("data", onData);
    clearTimeout(timer);
    socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n${fields}\r\n`);
    socket.resume();
    setTimeout(() => socket.destroy(), 2_000).unref();
  };
  const timer = setTimeout(() => refuse(408), HANDSHAKE_TIMEOUT);
  const onEnd = (): void => void socket.end();
  const onData = (chunk: Buffer): void => {
    try {
      const head = reader.push(chunk);
      if (head === undefined) return;
      const { response, deflate } = answer(head, faults);
      clearTimeout(timer);
      socket.off("data", onData).off("end", onEnd);
      socket.write(response);
      const connection = new EchoConnection(socket, { role: "server", faults, limit: LIMIT, deflate });
      if (head.rest.length > 0) connection.receive(head.rest);
    } catch (error) {
      if (!(error instanceof HeadFault)) throw error;
      refuse(error.status, error.status === 426 ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" : "");
    }
  };
  socket
    .on("data", onData)
    .once("end", onEnd)
    .once("close", () => clearTimeout(timer));
}

const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._~-]+)(:\d*)?$/;

function answer(head: Head, faults: Faults): { response: string; deflate: DeflateContext | undefined } {
  const has = (fault: Fault): boolean => faults.has(fault);
  const require = (good: boolean, status = 400): void => {
    if (!good) throw new HeadFault(status, "not an opening handshake");
  };
  const one = (name: string): string | undefined => {
    const values = head.fields.get(name) ?? [];
    require(values.length < 2);
    return values[0];
  };
  const [method, target = "", version, ...rest] = head.startLine.split(" ");
  require(rest.length === 0 && /^HTTP\/1\.1$/.test(version ?? ""), version === "HTTP/1.1" ? 400 : 505);
  require(!target.includes("#") && target !== "");
  require(method === "GET" || has("accepts any method"), 405);
  require(HOST.test(one("host") ?? ""));
  require(head.fields.get("transfer-encoding") === undefined && (one("content-length") ?? "0") === "0");
  require(tokens(head, "upgrade").includes("websocket"), 426);
  require(tokens(head, "connection").includes("upgrade") || has("accepts any Connection"));
  const versions = head.fields.get("sec-websocket-version") ?? [];
  require((versions.length === 1 && versions[0] === "13") || has("accepts any version"), 426);
  const key = one("sec-websocket-key") ?? "";
  require(has("accepts any key") || (/^[A-Za-z0-9+/]{22}==$/.test(key) && Buffer.from(key, "base64").length === 16));
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${has("sends a wrong accept key") ? acceptKey(`${key} `) : acceptKey(key)}`,
  ];
  require(goodSubprotocols(head.fields.get("sec-websocket-protocol")));
  const offers = parseExtensions(head.fields.get("sec-websocket-extensions") ?? []);
  require(offers !== undefined);
  const agreed = agree(offers ?? [], faults);
  if (agreed !== undefined) lines.push(`Sec-WebSocket-Extensions: ${agreed.answer}`);
  else if (has("agrees to extensions nobody offered")) lines.push("Sec-WebSocket-Extensions: permessage-deflate");
  if (has("chooses a subprotocol nobody offered")) lines.push("Sec-WebSocket-Protocol: surprise");
  return { response: `${lines.join("\r\n")}\r\n\r\n`, deflate: agreed?.deflate };
}

function goodSubprotocols(values: readonly string[] | undefined): boolean {
  if (values === undefined) return true;
  const offered = values
    .join(",")
    .split(",")
    .map((value) => value.trim());
  const filled = offered.filter((value) => value !== "");
  const named = filled.every((value) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value));
  return named && filled.length === offered.length && new Set(filled).size === filled.length;
}
