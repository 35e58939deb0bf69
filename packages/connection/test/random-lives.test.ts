/**
 * A server's connection through random lives: what a peer writes, breaks and reads, against handlers that answer, wait,
 * close, fail or never settle. Whatever the order, the same must hold at the end.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CloseInfo, Message, ServerOptions, WebSocketConnection } from "../src/index.ts";
import type { FakeClock, MemoryOptions } from "../src/testing/index.ts";
import { HandPeer } from "./_hand-peer.ts";
import { world } from "./_world.ts";

/** What a message asks of whoever handles it: to reply somehow, */
const REPLIES = ["echo", "wait", "turn", "large", "stream"] as const;
/** or something after which not every reply is owed. */
const ENDS = ["close", "terminate", "throw", "never"] as const;
type Ask = (typeof REPLIES)[number] | (typeof ENDS)[number];

type Step =
  | { readonly kind: "message"; readonly ask: Ask; readonly cut: boolean }
  | { readonly kind: "ping" | "pause" | "resume" | "turn" | "settle" | "reset" }
  | { readonly kind: "advance"; readonly milliseconds: number }
  | { readonly kind: "end"; readonly how: "close" | "fault" | "fin" };

interface Life {
  readonly handling: "message" | "stream" | "loop";
  readonly memory: MemoryOptions;
  readonly compression: boolean;
  readonly steps: readonly Step[];
}

const constant = <T extends string>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const ask: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 9, arbitrary: constant(...REPLIES) },
  { weight: 1, arbitrary: constant(...ENDS) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: constant("message"), ask, cut: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ kind: constant("ping", "pause", "resume", "turn", "settle") }) },
  { weight: 2, arbitrary: fc.record({ kind: constant("advance"), milliseconds: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ kind: constant("end"), how: constant("close", "fault", "fin") }) },
  { weight: 1, arbitrary: fc.record({ kind: constant("reset") }) },
);
const life: fc.Arbitrary<Life> = fc.record({
  handling: constant("message", "stream", "loop"),
  memory: fc.record({
    backpressure: constant("partial", "lent"),
    capacity: fc.constantFrom(64 * 1024, 2000),
    chunkSize: fc.constantFrom(Number.MAX_SAFE_INTEGER, 61),
  }),
  compression: fc.boolean(),
  steps: fc.array(step, { maxLength: 25 }),
});

const LARGE = "x".repeat(66_000);
const OFFER = { "sec-websocket-extensions": "permessage-deflate; server_no_context_takeover" };

/** The reply to a message, where there is one. */
function replyTo(message: string): string {
  return message.startsWith("large") ? message + LARGE : message;
}

/** What an application does with a message, in the time that this takes it. */
function actOn(socket: WebSocketConnection, message: string, clock: FakeClock): unknown {
  const turn = (): Promise<void> => new Promise((resolve) => clock.defer(resolve));
  const reply = (): void => void socket.send(replyTo(message));
  switch (message.split(" ", 1)[0] as Ask) {
    case "wait":
      return new Promise<void>((resolve) => void clock.setTimer(resolve, 30)).then(reply);
    case "turn":
      return turn().then(reply);
    case "stream":
      return socket.send(
        (async function* () {
          yield message.slice(0, 3);
          await turn();
          yield message.slice(3);
        })(),
      );
    case "close":
      return socket.close(4000, "bye");
    case "terminate":
      return socket.terminate();
    case "throw":
      throw new Error("thrown");
    case "never":
      return new Promise(() => {});
    default:
      return reply();
  }
}

/** The application in each of its forms; `told` has what it lived through. */
function application(handling: Life["handling"], clock: () => FakeClock, told: string[]): ServerOptions<undefined> {
  const act = (socket: WebSocketConnection, message: Message): unknown => {
    told.push(String(message));
    return actOn(socket, String(message), clock());
  };
  if (handling === "message") return { message: act };
  if (handling === "stream") {
    const text = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
      let whole = "";
      for await (const chunk of chunks) whole += Buffer.from(chunk).toString("latin1");
      return whole;
    };
    return { stream: async (socket, incoming) => act(socket, await text(incoming)) };
  }
  const loop = async (socket: WebSocketConnection): Promise<void> => {
    for await (const message of socket) await act(socket, message);
  };
  // What a loop throws is its own: the connection stays as it is.
  return { open: (socket) => void loop(socket).catch(() => {}) };
}

async function live({ handling, memory, compression, steps }: Life): Promise<void> {
  const told: string[] = [];
  const infos: CloseInfo[] = [];
  let socket: WebSocketConnection | undefined;
  const given = application(handling, () => place.clock, told);
  const options: ServerOptions<undefined> = {
    ...given,
    compression: compression && { threshold: 0 },
    open(opened) {
      socket = opened;
      return given.open?.(opened);
    },
    close(_socket, info) {
      told.push("close");
      infos.push(info);
    },
  };
  const place = world(options, memory);
  const { clock } = place;
  const end = place.stream();
  const peer = new HandPeer(end, compression ? OFFER : {});
  const sent: string[] = [];
  let pings = 0;
  let reset = false;
  await clock.settle();
  for (const one of [...steps, { kind: "resume" } as const]) {
    if (one.kind === "message" && peer.ended === undefined) {
      const message = `${one.ask} ${sent.length}`;
      sent.push(message);
      if (one.cut) {
        peer.send(0x01, message.slice(0, 2));
        await clock.turn();
      }
      peer.send(one.cut ? 0x80 : 0x81, message.slice(one.cut ? 2 : 0));
    } else if (one.kind === "ping" && peer.ended === undefined) peer.send(0x89, `p${pings++}`);
    else if (one.kind === "end" && peer.ended === undefined) peer.end(one.how);
    else if (one.kind === "pause" || one.kind === "resume") end[one.kind]();
    else if (one.kind === "turn" || one.kind === "settle") await clock[one.kind]();
    else if (one.kind === "advance") await clock.advance(one.milliseconds);
    else if (one.kind === "reset") {
      reset = true;
      end.reset();
    }
  }
  await clock.advance(2000);
  if (peer.ended === undefined) peer.end("close");
  await clock.advance(30_000);

  // The end comes once, and last; nothing is left.
  expect(told.filter((what) => what === "close")).toHaveLength(1);
  expect(told.at(-1)).toBe("close");
  const [info] = infos as [CloseInfo];
  expect(await socket?.closed).toBe(info);
  expect([socket?.state, socket?.signal.aborted, socket?.bufferedAmount]).toEqual(["closed", true, 0]);
  expect([place.core.connectionCount, place.core.environment.deadlines.size, clock.timers]).toEqual([0, 0, 0]);
  expect(end.other.closed).toBe(true);

  // The application got what was sent, in order; the peer got the replies, in order.
  expect(told.slice(0, -1)).toEqual(sent.slice(0, told.length - 1));
  const replies = sent.filter((message) => !ENDS.includes(message.split(" ", 1)[0] as never)).map(replyTo);
  expect(peer.messages).toEqual(replies.slice(0, peer.messages.length));
  expect(peer.pongs).toEqual([...new Set(peer.pongs)].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
  if (!reset) expect(peer.closeCode).toBe(info.sent?.code);
  if (reset || replies.length < sent.length) return;

  // Nobody but the peer ended it: all replies are owed, and the right Close frame.
  expect(peer.messages).toEqual(replies);
  expect(peer.finCame).toBe(true);
  expect(info.clean).toBe(peer.ended === "close");
  expect(info.sent?.code).toBe({ close: 1000, fault: 1002, fin: undefined }[peer.ended ?? "close"]);
}

describe("a connection", () => {
  // To look further: SAMEWIRE_LIVES=20000 vitest run random-lives
  const numRuns = Number(process.env.SAMEWIRE_LIVES ?? 400);

  it("ends as it should, whatever it has lived through", { timeout: 60_000 + numRuns * 100 }, async () => {
    await fc.assert(fc.asyncProperty(life, live), { numRuns });
  });
});
