import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Inbox, type InboxOwner } from "../src/receiving/inbox.ts";

function owner(handled: boolean, dispatch: InboxOwner["dispatch"] = () => undefined): InboxOwner {
  return {
    handled,
    opened: false,
    dispatch,
    onHandlerError: () => {},
    onInboxIdle: () => {},
    onInboxRelief: () => {},
    onWantedChange: () => {},
    onConsumed: () => {},
    nextTurn: () => Promise.resolve(),
  };
}

describe("Inbox", () => {
  it("keeps no places of what is handled, also where one more always waits", async () => {
    let settle = (): void => {};
    let handled = 0;
    const inbox = new Inbox(
      owner(true, () => {
        handled++;
        return new Promise<void>((resolve) => {
          settle = resolve;
        });
      }),
    );
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    inbox.startHandling();
    inbox.push("");
    inbox.push("");
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const count = 1_000_000;
    for (let i = 0; i < count; i++) {
      inbox.push("");
      settle();
      while (handled < i + 2) await undefined;
    }
    collectGarbage();
    // A place is 8 bytes: 8 MB if each were kept.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
  });

  it("keeps the order over the places that it gives back", () => {
    const inbox = new Inbox(owner(false));
    const received: Promise<unknown>[] = [];
    for (let i = 0; i < 5000; i++) inbox.push(String(i));
    for (let i = 0; i < 5000; i++) received.push(inbox.receive("message"));
    return expect(Promise.all(received)).resolves.toEqual(Array.from({ length: 5000 }, (_, i) => String(i)));
  });

  it("hands over one at a time, though what was asked for before the handler's turn is over meanwhile", async () => {
    const dispatched: unknown[] = [];
    let idle = 0;
    let nextTurn = (): void => {};
    const inbox = new Inbox({
      ...owner(true, (item) => {
        dispatched.push(item);
        return new Promise(() => {});
      }),
      onInboxIdle: () => void idle++,
      nextTurn: () => new Promise<void>((resolve) => (nextTurn = resolve)),
    });
    inbox.push("asked for");
    inbox.push("first");
    expect(await inbox.receive("message")).toBe("asked for");
    inbox.startHandling();
    idle = 0;
    nextTurn();
    for (let ticks = 0; ticks < 5; ticks++) await undefined;
    inbox.push("second");
    expect(dispatched).toEqual(["first"]);
    expect([inbox.idle, idle]).toEqual([false, 0]);
  });

  it("API-9 leaves no listener on a signal, whatever ends the wait", async () => {
    const inbox = new Inbox(owner(true));
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = (): number => getEventListeners(signal, "abort").length;
    const given = inbox.receive("message", signal);
    expect(waiting()).toBe(1);
    inbox.push("given");
    expect(await given).toBe("given");
    expect(waiting()).toBe(0);

    const late = inbox.receive("message", signal);
    inbox.startHandling();
    await expect(late).rejects.toMatchObject({ code: "handled" });
    expect(waiting()).toBe(0);

    const other = new Inbox(owner(false));
    const last = other.receive("message", signal);
    other.end();
    expect(await last).toBeUndefined();
    expect(waiting()).toBe(0);
  });
});
