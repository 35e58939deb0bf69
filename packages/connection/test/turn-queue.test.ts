import { describe, expect, it } from "vitest";
import type { Clock } from "../src/clock.ts";
import { TurnQueue } from "../src/sending/turn-queue.ts";

/** A queue whose time passes only where a task says so, and how to run its next macrotask. */
function queue(): { turns: TurnQueue; ran: string[]; task(name: string, takes?: number): Task; turn(): string } {
  let now = 0;
  let deferred: (() => void)[] = [];
  const ran: string[] = [];
  const clock: Clock = {
    now: () => now,
    setTimer: () => undefined,
    clearTimer: () => {},
    defer: (callback) => deferred.push(callback),
  };
  return {
    turns: new TurnQueue(clock),
    ran,
    task: (name, takes = 0) => ({
      runTurn() {
        ran.push(name);
        now += takes;
      },
    }),
    turn() {
      ran.length = 0;
      const callbacks = deferred;
      deferred = [];
      expect(callbacks.length).toBeLessThanOrEqual(1);
      for (const callback of callbacks) callback();
      return ran.join(" ");
    },
  };
}
type Task = { runTurn(): void };

describe("TurnQueue", () => {
  it("runs every quick task in the next macrotask, however many there are", () => {
    const { turns, task, turn } = queue();
    for (const name of "abcdefgh") turns.add(task(name, 1));
    expect(turn()).toBe("a b c d e f g h");
    expect(turn()).toBe("");
  });

  it("begins no long task once others have taken 2 ms of the turn", () => {
    const { turns, task, turn } = queue();
    turns.addLong(task("a", 1.5));
    turns.addLong(task("b", 3));
    turns.addLong(task("c", 5));
    turns.addLong(task("d"));
    expect(turn()).toBe("a b");
    expect(turn()).toBe("c");
    expect(turn()).toBe("d");
    expect(turn()).toBe("");
  });

  it("runs four long tasks a turn where the clock stands still within it", () => {
    const { turns, task, turn } = queue();
    for (const name of "abcdefghij") turns.addLong(task(name));
    expect([turn(), turn(), turn(), turn()]).toEqual(["a b c d", "e f g h", "i j", ""]);
  });

  it("gives long tasks their turns in order, and what asks again the place behind the others", () => {
    const { turns, task, turn } = queue();
    const again = task("x", 2);
    turns.addLong({
      runTurn() {
        again.runTurn();
        turns.addLong(again);
      },
    });
    for (const name of "abc") turns.addLong(task(name, 2));
    expect([turn(), turn(), turn(), turn(), turn(), turn()]).toEqual(["x", "a", "b", "c", "x", ""]);
  });

  it("lets quick tasks go before the long ones that still wait", () => {
    const { turns, task, turn } = queue();
    for (const name of "ab") turns.addLong(task(name, 2));
    expect(turn()).toBe("a");
    turns.add(task("quick"));
    expect(turn()).toBe("quick b");
  });

  it("lets nothing long follow a promise in its turn: what waits for that runs later", async () => {
    const { turns, task, turn } = queue();
    turns.addLong(task("a"));
    const waited = turns.longTurn();
    turns.addLong(task("b"));
    expect(turn()).toBe("a");
    await waited;
    expect(turn()).toBe("b");
  });

  it("keeps the others their turn where a task throws", () => {
    const { turns, task, turn, ran } = queue();
    const broken = {
      runTurn() {
        throw new Error("broken");
      },
    };
    turns.add(task("a"));
    turns.add(broken);
    turns.add(task("b"));
    turns.addLong(broken);
    turns.addLong(task("c"));
    expect(turn).toThrow("broken");
    expect(ran).toEqual(["a"]);
    expect(turn).toThrow("broken");
    expect(ran).toEqual(["b"]);
    expect(turn()).toBe("c");
    expect(turn()).toBe("");
  });

  it("counts macrotasks", () => {
    const { turns, turn } = queue();
    const first = turns.current();
    expect(turns.current()).toBe(first);
    turn();
    expect(turns.current()).not.toBe(first);
  });
});
