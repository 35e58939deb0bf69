import { describe, expect, it, vi } from "vitest";
import { type DeadlineOwner, Deadlines } from "../src/lifecycle/deadlines.ts";
import { FakeClock } from "../src/testing/index.ts";

const DAY = 24 * 60 * 60 * 1000;

/** A clock that counts, and fires at once what is set too far ahead, as the timers of all runtimes do. */
class CountingClock extends FakeClock {
  set = 0;

  override setTimer(callback: () => void, delay: number): ReturnType<FakeClock["setTimer"]> {
    this.set++;
    return super.setTimer(callback, delay > 2 ** 31 - 1 ? 1 : delay);
  }
}

describe("Deadlines", () => {
  it("takes delays that no timer takes: a month, for ever", async () => {
    const clock = new CountingClock();
    const deadlines = new Deadlines(clock);
    const owner = { onDeadline: vi.fn() } satisfies DeadlineOwner;
    deadlines.arm(owner, "lifetime", 30 * DAY);
    deadlines.arm(owner, "idle", Infinity);
    await clock.advance(1000);
    expect(clock.set).toBe(1);
    await clock.advance(30 * DAY - 1001);
    expect(owner.onDeadline).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(owner.onDeadline.mock.calls).toEqual([["lifetime"]]);
    await clock.advance(300 * DAY);
    expect(owner.onDeadline).toHaveBeenCalledOnce();
    expect(clock.set).toBeLessThan(20);
    expect(deadlines.size).toBe(1);
  });

  it("keep one timer between them: for the first, and no sooner than it is due", async () => {
    const clock = new CountingClock();
    const deadlines = new Deadlines(clock);
    const owner = { onDeadline: vi.fn() } satisfies DeadlineOwner;
    const armed = [50.5, 100, 20].map((delay) => deadlines.arm(owner, "idle", delay));
    // The second of them is due later than what is set for already.
    expect([clock.set, clock.timers]).toEqual([2, 1]);
    deadlines.disarm(armed[2]);
    // The timer stays, and wakes for nothing.
    deadlines.arm(owner, "idle", 40);
    expect(clock.set).toBe(2);
    await clock.advance(60);
    expect(owner.onDeadline).toHaveBeenCalledTimes(2);
    // For 40, for 50.5 rounded up, and for 100.
    expect([clock.set, clock.timers]).toEqual([5, 1]);
    deadlines.disarm(armed[1]);
    expect(clock.timers).toBe(0);
  });

  it("LC-24 take a timer that is more than a second late for a suspension, and give peers a second after it", async () => {
    for (const [late, waits] of [
      [1000, 0],
      [1001, 1000],
    ] as const) {
      const clock = new FakeClock();
      const owner = { onDeadline: vi.fn() } satisfies DeadlineOwner;
      new Deadlines(clock).arm(owner, "pong", 500);
      await clock.jump(500 + late);
      expect(owner.onDeadline).toHaveBeenCalledTimes(waits === 0 ? 1 : 0);
      await clock.advance(Math.max(0, waits - 1));
      expect(owner.onDeadline).toHaveBeenCalledTimes(waits === 0 ? 1 : 0);
      await clock.advance(1);
      expect(owner.onDeadline).toHaveBeenCalledOnce();
    }
  });

  it("one owner that throws stops no other", async () => {
    const clock = new FakeClock();
    const deadlines = new Deadlines(clock);
    const owner = { onDeadline: vi.fn() } satisfies DeadlineOwner;
    const faulty = {
      onDeadline() {
        throw new Error("no");
      },
    };
    deadlines.arm(faulty, "ping", 10);
    deadlines.arm(owner, "ping", 20);
    await expect(clock.advance(15)).rejects.toThrow("no");
    await clock.advance(10);
    expect(owner.onDeadline).toHaveBeenCalledOnce();
  });

  it("fire in a process that is late each time: what waits is read first, but once", async () => {
    const clock = new FakeClock();
    const deadlines = new Deadlines(clock);
    const owner = { onDeadline: vi.fn() } satisfies DeadlineOwner;
    for (let round = 1; round <= 2; round++) {
      deadlines.arm(owner, "opening", 1000);
      await clock.jump(3000);
      expect(owner.onDeadline).toHaveBeenCalledTimes(round - 1);
      await clock.jump(3000);
      expect(owner.onDeadline).toHaveBeenCalledTimes(round);
    }
    // A turn that nobody waits for any more is no turn taken.
    const gone = deadlines.arm(owner, "opening", 1000);
    await clock.jump(3000);
    deadlines.disarm(gone);
    deadlines.arm(owner, "opening", 1000);
    await clock.jump(3000);
    expect(owner.onDeadline).toHaveBeenCalledTimes(2);
  });

  it("are due in their order and on time, whichever of them are disarmed", async () => {
    // A generator with a seed, so that what fails can be run again.
    let state = 7;
    const below = (most: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state >>> 8) % most;
    };
    for (let round = 0; round < 200; round++) {
      const clock = new FakeClock();
      const deadlines = new Deadlines(clock);
      const due: number[] = [];
      const expected: number[] = [];
      const armed = Array.from({ length: 3 + below(40) }, () => {
        const delay = below(500);
        const owner = {
          onDeadline: () => {
            expect(clock.now()).toBe(delay);
            due.push(delay);
          },
        };
        return [delay, deadlines.arm(owner, "idle", delay)] as const;
      });
      for (const [delay, deadline] of armed) {
        if (below(3) > 0) expected.push(delay);
        else deadlines.disarm(deadline);
      }
      await clock.advance(500);
      expect(due).toEqual(expected.sort((a, b) => a - b));
      expect([deadlines.size, clock.timers]).toEqual([0, 0]);
    }
  });
});
