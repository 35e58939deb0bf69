/** What every client has to get right with every server. No runtime in it, and no implementation. */

/** A client's connection, whatever implements it. */
export interface ClientSocket {
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** Sends one message in several fragments; where the API has such a thing. */
  sendFragments?(parts: readonly string[]): Promise<void>;
  /** Resolves when a Ping was answered; where the API has such a thing. */
  ping?(): Promise<void>;
  receive(): Promise<string | Uint8Array>;
  close(code: number, reason: string): void;
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly clean: boolean }>;
  readonly extensions: string;
}

/** How a client connects. Rejects, where the API tells, with the response that refused it. */
export type Open = (url: string, deflate: boolean) => Promise<ClientSocket>;

export interface Refused extends Error {
  readonly refusal?: { readonly status: number; readonly body: string };
}

/** Where the server under test is, and what it can do. */
export interface ServerUnderTest {
  readonly ws: string;
  readonly wss: string | undefined;
  /** Whether it compresses, and whether it can send a message in fragments. */
  readonly deflates: boolean;
  readonly fragments: boolean;
}

/** Passed, or cannot be asked of this pair, and why. */
export type Outcome = undefined | string;
type Case = (open: Open, server: ServerUnderTest) => Promise<Outcome>;

const CASE_TIMEOUT = 30_000;
const KIB = 1024;

async function withSocket(
  opening: Promise<ClientSocket>,
  body: (socket: ClientSocket) => Promise<Outcome>,
): Promise<Outcome> {
  const socket = await opening;
  const outcome = await body(socket);
  socket.close(1000, "");
  const { clean } = await socket.closed;
  if (!clean) throw new Error("the connection did not close cleanly");
  return outcome;
}

async function echoed(socket: ClientSocket, message: string | Uint8Array<ArrayBuffer>): Promise<void> {
  const sent = typeof message === "string" ? message : message.slice();
  socket.send(message);
  const received = await socket.receive();
  if (!same(received, sent)) throw new Error(`sent ${describe(sent)}, received ${describe(received)}`);
}

function same(a: string | Uint8Array, b: string | Uint8Array): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}

function describe(message: string | Uint8Array): string {
  return `${typeof message === "string" ? "text" : "binary"} of ${message.length}`;
}

function size(length: number): Case {
  return (open, { ws }) =>
    withSocket(open(ws, false), async (socket) => {
      await echoed(
        socket,
        new Uint8Array(length).map((_, index) => index * 7 + (index >> 8)),
      );
      await echoed(socket, "0123456789".repeat(Math.ceil(length / 10)).slice(0, length));
      return undefined;
    });
}

/** The cases by name. */
export const cases: Readonly<Record<string, Case>> = {
  text: (open, { ws }) =>
    withSocket(open(ws, false), async (socket) => {
      for (const text of ["hello", "\u00e4\u20ac\u{1f600}"]) await echoed(socket, text);
      return undefined;
    }),
  "text after U+FEFF": (open, { ws }) =>
    withSocket(open(ws, false), async (socket) => {
      await echoed(socket, "\ufeffkept");
      return undefined;
    }),
  binary: (open, { ws }) =>
    withSocket(open(ws, false), async (socket) => {
      await echoed(
        socket,
        Uint8Array.from({ length: 256 }, (_, index) => index),
      );
      return undefined;
    }),
  empty: (open, { ws }) =>
    withSocket(open(ws, false), async (socket) => {
      await echoed(socket, "");
      await echoed(socket, new Uint8Array(0));
      return undefined;
    }),
  "125 B": size(125),
  "126 B": size(126),
  "65535 B": size(65_535),
  "65536 B": size(65_536),
  "1 MiB": size(KIB * KIB),
  "16 MiB": size(16 * KIB * KIB),
  "fragments sent": (open, { ws }) =>
    withSocket(open(ws, false), async (socket) => {
      if (socket.sendFragments === undefined) return "the client's API cannot send fragments";
      await socket.sendFragments(["one, ", "", "two, ", "thr\u00e9e"]);
      const received = await socket.receive();
      if (received !== "one, two, thr\u00e9e") throw new Error(`received ${JSON.stringify(received)}`);
      return undefined;
    }),
  "fragments received, a Ping between": (open, { ws, fragments }) =>
    withSocket(open(`${ws}/fragments`, false), async (socket) => {
      if (!fragments) return "the server's API cannot send fragments";
      await echoed(socket, "abc\u00e4\u20ac\u{1f600}def");
      await echoed(socket, new Uint8Array(200_000).fill(5));
      return undefined;
    }),
  ping: (open, { ws }) =>
    withSocket(open(ws, false), async (socket) => {
      if (socket.ping === undefined) return "the client's API cannot send a Ping";
      await socket.ping();
      return undefined;
    }),
  "closed by the client": async (open, { ws }) => {
    const reason = `bye \u00e4 ${Math.random()}`;
    const socket = await open(ws, false);
    socket.close(4001, reason);
    const { code, clean } = await socket.closed;
    if (code !== 4001 || !clean) throw new Error(`closed with ${code}, clean ${clean}`);
    return withSocket(open(`${ws}/closes`, false), async (asking) => {
      for (let round = 0; round < 100; round++) {
        asking.send(reason);
        const answer = await asking.receive();
        if (answer === "4001") return undefined;
        if (answer !== "none") throw new Error(`the server saw ${answer}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error("the server never saw the reason");
    });
  },
  "closed by the server": async (open, { ws }) => {
    const socket = await open(`${ws}/closing?4002,over%20%C3%A4`, false);
    socket.send("please");
    const { code, reason, clean } = await socket.closed;
    if (code !== 4002 || reason !== "over \u00e4" || !clean) {
      throw new Error(`closed with ${code} ${JSON.stringify(reason)}, clean ${clean}`);
    }
    return undefined;
  },
  deflated: (open, { ws, deflates }) =>
    withSocket(open(ws, true), async (socket) => {
      if (!deflates) return "the server has no permessage-deflate";
      if (!socket.extensions.includes("permessage-deflate")) return "the client has no permessage-deflate";
      const item = JSON.stringify({ id: 1, name: "a name", tags: ["x", "y"], text: "some text, some more text" });
      await echoed(socket, "");
      for (const count of [1, 1, 20, 5_000, 1]) await echoed(socket, item.repeat(count));
      await echoed(
        socket,
        new Uint8Array(300_000).map((_, index) => Math.imul(index, index)),
      );
      return undefined;
    }),
  TLS: async (open, { wss }) => {
    if (wss === undefined) return "the server has no TLS";
    return withSocket(open(wss, false), async (socket) => {
      await echoed(socket, "over TLS");
      await echoed(socket, new Uint8Array(500_000).fill(9));
      return undefined;
    });
  },
  refused: async (open, { ws }) => {
    const refused = await open(`${ws}/refused`, false).then(
      () => undefined,
      (error: Refused) => error,
    );
    if (refused === undefined) throw new Error("the connection was opened");
    const { refusal } = refused;
    if (refusal === undefined) return undefined;
    if (refusal.status !== 401 || refusal.body !== "Who are you?\n") {
      throw new Error(`refused with ${refusal.status} ${JSON.stringify(refusal.body)}`);
    }
    return undefined;
  },
};

/** Runs all cases, one after the other. A line of JSON each: `[name, "passed" | "failed" | "left out", why]`. */
export async function runCases(open: Open, server: ServerUnderTest, report: (line: string) => void): Promise<void> {
  for (const [name, run] of Object.entries(cases)) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not over after ${CASE_TIMEOUT} ms`)), CASE_TIMEOUT);
    });
    try {
      const outcome = await Promise.race([run(open, server), late]);
      report(JSON.stringify(outcome === undefined ? [name, "passed", ""] : [name, "left out", outcome]));
    } catch (error) {
      report(JSON.stringify([name, "failed", (error as Error).message]));
    } finally {
      clearTimeout(timer);
    }
  }
}
