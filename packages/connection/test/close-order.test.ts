/** `close` runs once, after everything else and not later than that; found by random lives of a connection. */
import { describe, expect, it } from "vitest";
import type { CloseInfo, ServerOptions, WebSocketConnection } from "../src/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { type World, world } from "./_world.ts";

const masked = (first: string, payload: string): string =>
  `${first}${String.fromCharCode(0x80 | payload.length)}\0\0\0\0${payload}`;
const CLOSE = masked("\x88", "\x03\xe8");

interface Life {
  readonly place: World<undefined>;
  readonly log: string[];
  write(bytes: string): Promise<void>;
  end(how: "end" | "reset"): Promise<void>;
  wire(): string;
}

/** A server's connection with a peer that writes by hand; `log` has what the application lived through, in order. */
async function life(
  options: (tell: (what: string) => void, sleep: (milliseconds: number) => Promise<void>) => ServerOptions<undefined>,
  offer: Record<string, string> = {},
): Promise<Life> {
  const log: string[] = [];
  const tell = (what: string): void => void log.push(what);
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => void place.clock.setTimer(resolve, milliseconds));
  const place: World<undefined> = world({
    ...options(tell, sleep),
    close: (_socket, info) => tell(`close ${told(info)}`),
  });
  const { socket, answer } = raw(place);
  const write = async (bytes: string): Promise<void> => {
    socket.write(Buffer.from(bytes, "latin1"));
    await place.clock.settle();
  };
  await write(head("GET / HTTP/1.1", { ...UPGRADE, ...offer }));
  return {
    place,
    log,
    write,
    end: async (how) => {
      socket[how]();
      await place.clock.settle();
    },
    wire: () => answer.text.slice(answer.text.indexOf("\r\n\r\n") + 4),
  };
}

function told({ code, sent }: CloseInfo): string {
  return `${code} ${sent?.code}`;
}

describe("close comes, and once", () => {
  it.each<[string, (socket: WebSocketConnection) => void, string]>([
    ["the peer's Close frame", () => {}, CLOSE],
    ["the peer's fault", () => {}, masked("\x83", "")],
    ["the application's close()", (socket) => void socket.close(), ""],
    ["terminate()", (socket) => socket.terminate(), ""],
  ])("after closeTimeout where open never settles: %s", async (_name, act, bytes) => {
    const { place, log, write } = await life(() => ({
      closeTimeout: 500,
      open: (socket) => {
        setImmediate(() => act(socket));
        return new Promise(() => {});
      },
      message: () => {},
    }));
    await new Promise((resolve) => setImmediate(resolve));
    await write(bytes);
    await place.clock.advance(5000);
    expect(log).toHaveLength(1);
    expect([place.core.connectionCount, place.core.environment.deadlines.size]).toEqual([0, 0]);
  });

  it("after what is still handled, and nothing is handled after it", async () => {
    const messages = await life((tell, sleep) => ({
      closeTimeout: 500,
      async message(_socket, message) {
        tell(String(message));
        if (message === "a") await sleep(1000);
      },
    }));
    await messages.write(masked("\x81", "a") + masked("\x81", "b") + masked("\x81", "c") + CLOSE);
    await messages.place.clock.advance(5000);
    expect(messages.log).toEqual(["a", "close 1000 1000"]);
    const opening = await life((tell, sleep) => ({
      closeTimeout: 500,
      open: () => sleep(1000),
      message: (_socket, message) => tell(String(message)),
    }));
    await opening.write(masked("\x81", "a") + CLOSE);
    await opening.end("reset");
    await opening.place.clock.advance(5000);
    expect(opening.log).toHaveLength(1);
  });

  it.each([10_000, 0])("when a loop over messages ends, closeTimeout %i", async (closeTimeout) => {
    const { log, write } = await life((tell) => ({
      closeTimeout,
      open(socket) {
        void (async () => {
          for await (const message of socket) {
            tell(String(message));
            await socket.close();
          }
          tell("over");
        })();
      },
    }));
    await write(masked("\x81", "a"));
    await write(CLOSE);
    expect(log.sort()).toEqual(["a", "close 1000 1000", "over"]);
  });

  it.each(["close", "terminate"] as const)("not within the handler that calls %s()", async (name) => {
    const { place, log, write } = await life((tell, sleep) => ({
      async message(socket, message) {
        if (message === "a") return sleep(5);
        void socket[name]();
        tell("called");
        await sleep(10);
        tell("settled");
      },
    }));
    await write(masked("\x81", "a") + masked("\x81", "b") + (name === "close" ? CLOSE : ""));
    await place.clock.advance(1000);
    expect(log).toEqual(["called", "settled", expect.stringMatching(/^close /)]);
  });
});

it("what comes after close() is handled no more, though its Close frame waits for what is being compressed", async () => {
  const { log, write, wire } = await life(
    (tell) => ({
      compression: { threshold: 0 },
      message(socket, message) {
        tell(`message ${message}`);
        socket.send("abcdefghij".repeat(100_000));
        void socket.close(4000);
      },
    }),
    { "sec-websocket-extensions": "permessage-deflate" },
  );
  await write(masked("\x81", "go") + masked("\x81", "late"));
  expect(wire().endsWith("\x88\x02\x0f\xa0")).toBe(true);
  await write(CLOSE);
  expect(log).toEqual(["message go", "close 1000 4000"]);
});

describe("what is owed before the Close frame", () => {
  it("the reply to a stream that was asked for once, and nothing else is waited for", async () => {
    const { wire, write } = await life(() => ({
      async open(socket) {
        const stream = await socket.receiveStream();
        socket.send((await stream?.bytes()) ?? "nothing");
      },
    }));
    await write(masked("\x02", "a"));
    await write(masked("\x80", "b") + CLOSE);
    expect(wire()).toBe("\x82\x02ab\x88\x02\x03\xe8");
  });

  it("the reply to each message that waits, also where they are asked for one by one after a loop that was left", async () => {
    const { place, wire, write } = await life((_tell, sleep) => ({
      async open(socket) {
        for await (const message of socket) {
          socket.send(`${message} in the loop`);
          break;
        }
        await sleep(100);
        const second = await socket.receive();
        // Longer than a turn, after which nobody would be waited for if nothing more were there to be asked for.
        await sleep(100);
        socket.send(`${second} by itself`);
        socket.send(`${await socket.receive()} by itself`);
      },
    }));
    await write(masked("\x81", "a"));
    await place.clock.advance(200);
    await write(masked("\x81", "b") + masked("\x81", "c") + CLOSE);
    await place.clock.advance(300);
    expect(wire()).toBe("\x81\x0da in the loop\x81\x0bb by itself\x81\x0bc by itself\x88\x02\x03\xe8");
  });

  it("the reply to a stream whose end came with it", async () => {
    const { write, wire } = await life(() => ({
      open(socket) {
        void (async () => {
          for (let stream = await socket.receiveStream(); stream !== undefined; stream = await socket.receiveStream()) {
            socket.send(`${(await stream.bytes()).length}`);
          }
        })();
      },
    }));
    await write(`\x82\x84\0\0\0\0ab`);
    await write(`cd${CLOSE}`);
    expect(wire()).toBe("\x81\x014\x88\x02\x03\xe8");
  });

  // The last one only: what came before may be left unanswered (5.5.3).
  const pings = masked("\x89", "o") + masked("\x89", "p");
  const lasts: readonly [string, string, string, boolean?][] = [
    ["a fault follows its Ping", pings + masked("\x83", ""), "\x88\x02\x03\xea"],
    ["a Close frame follows its Ping", pings + CLOSE, "\x88\x02\x03\xe8"],
    ["we have closed ourselves", pings, "\x88\x02\x0f\xa0", true],
  ];
  for (const [name, frames, last, closes = false] of lasts) {
    it(`a Pong that waited for the peer, also where ${name} (5.5.2)`, async () => {
      const place = world({ message: (socket) => void socket.send("x".repeat(200_000)) });
      const { socket, answer } = raw(place);
      socket.pause();
      for (const bytes of [head("GET / HTTP/1.1", UPGRADE), masked("\x81", "go"), frames]) {
        socket.write(Buffer.from(bytes, "latin1"));
        await place.clock.settle();
      }
      const [server] = place.core.connections;
      if (closes) void server?.close(4000);
      socket.resume();
      await place.clock.settle();
      expect(answer.text.endsWith(`x\x8a\x01p${last}`)).toBe(true);
    });
  }

  it("a stream that is complete, and what waits behind it, whenever close() is called", async () => {
    const whole: boolean[] = [];
    for (let ticks = 0; ticks < 15; ticks++) {
      const { write, wire, log } = await life((tell) => ({
        async message(socket) {
          const parts = async function* (): AsyncGenerator<string> {
            yield "part";
          };
          socket.send(parts()).then(
            () => tell("sent"),
            () => tell("broken off"),
          );
          socket.send("after");
          for (let tick = 0; tick < ticks; tick++) await undefined;
          void socket.close(4000);
        },
      }));
      await write(masked("\x81", "go"));
      const complete = wire().includes("\x80\x00");
      const begun = wire().startsWith("\x01");
      expect(log).toEqual([complete ? "sent" : "broken off"]);
      expect(wire().endsWith(`${complete || !begun ? "\x81\x05after" : ""}\x88\x02\x0f\xa0`)).toBe(true);
      whole.push(complete);
    }
    expect(new Set(whole)).toEqual(new Set([false, true]));
  });
});

describe("what is told of a Close frame", () => {
  it("nothing where it never left: the connection was lost before", async () => {
    const { log, write, end } = await life(
      () => ({
        compression: { threshold: 0 },
        message(socket) {
          socket.send("abcdefghij".repeat(100_000));
          void socket.close(4000);
          queueMicrotask(() => end("reset"));
        },
      }),
      { "sec-websocket-extensions": "permessage-deflate" },
    );
    await write(masked("\x81", "go"));
    expect(log).toEqual(["close 1006 undefined"]);
  });

  it("a close() after the outcome encodes none", async () => {
    let given: WebSocketConnection | undefined;
    const { write, end } = await life(() => ({
      message(socket) {
        given = socket;
        return new Promise(() => {});
      },
    }));
    await write(masked("\x81", "go") + CLOSE);
    await end("reset");
    void given?.close(4000, "bye");
    expect(given?.bufferedAmount).toBe(0);
  });

  it("a stream that is sent after the end is refused, though something long was under way", async () => {
    let outcome = "pending";
    const { place, write } = await life(
      () => ({
        compression: { threshold: 0 },
        message(socket) {
          socket.send("abcdefghij".repeat(100_000));
          socket.terminate();
          socket.send((async function* () {})()).then(
            () => {
              outcome = "sent";
            },
            () => {
              outcome = "refused";
            },
          );
        },
      }),
      { "sec-websocket-extensions": "permessage-deflate" },
    );
    await write(masked("\x81", "go"));
    await place.clock.advance(1000);
    expect(outcome).toBe("refused");
  });
});

it("a received stream that nobody reads is dropped when the next is asked for", async () => {
  const { write, wire } = await life(() => ({
    receiveHighWaterMark: 300,
    async open(socket) {
      for (let count = 1; (await socket.receiveStream()) !== undefined; count++) socket.send(String(count));
    },
  }));
  const large = `\x82\xfe\x10\x00\0\0\0\0${"x".repeat(4096)}`;
  await write(large);
  await write(large);
  await write(CLOSE);
  expect(wire()).toBe("\x81\x011\x81\x012\x88\x02\x03\xe8");
});
