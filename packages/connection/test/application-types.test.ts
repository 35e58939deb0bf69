import { describe, expect, it } from "vitest";
import { refuse, type ServerOptions, UsageError, type WebSocketConnection } from "../src/index.ts";
import { take, world } from "./_world.ts";

describe("the types of an application", () => {
  it("takes whatever is one of several things that it takes, and gives what each of them gives", async () => {
    const { clock, connect } = world({ message: (socket, message) => void socket.send(message) });
    const socket = await connect();
    const relay = (message: Parameters<typeof socket.send>[0]): boolean | Promise<void> => socket.send(message);
    const either = (message: string | ReadableStream<string>): boolean | Promise<void> =>
      socket.send(message, { compress: false });
    // @ts-expect-error a number is neither
    expect(() => socket.send(1 as string | number)).toThrow(UsageError);
    expect(relay("text")).toBe(true);
    expect(either("text")).toBe(true);
    const given = either(new Blob(["stream"]).stream().pipeThrough(new TextDecoderStream()));
    expect(given).toBeInstanceOf(Promise);
    for (const text of ["text", "text", "stream"]) expect(await take(clock, socket)).toBe(text);
    await given;
  });

  it("wants an upgrade handler where context is never undefined: nobody else gives one", async () => {
    const seen: unknown[] = [];
    const open = (socket: WebSocketConnection<{ user: string } | undefined>): void =>
      void seen.push(socket.context?.user);
    // @ts-expect-error nothing gives a context
    await world<{ user: string }>({ open }).connect();
    const maybe: ServerOptions<{ user: string } | undefined> = { open };
    await world(maybe).connect();
    const given: ServerOptions<{ user: string }> = { open, upgrade: () => ({ context: { user: "ada" } }) };
    await world(given).connect();
    // The type is that of what upgrade gives, also with handlers of other shapes around it.
    await world({
      upgrade: async (request) => (request.path === "/" ? { context: { user: "eve" } } : refuse(404)),
      open: (socket) => void seen.push(socket.context.user),
    }).connect();
    await world({ upgrade: () => refuse(404), open: (socket) => void seen.push(socket.context satisfies undefined) })
      .connect()
      .catch(() => {});
    expect(seen).toEqual([undefined, undefined, "ada", "eve"]);
  });
});
