/**
 * All deadlines of many connections on one timer: a heap ordered by due time. Activity never touches it; it only stores
 * a timestamp, which the owner looks at when its deadline is due.
 */
import { type Clock, MAX_DELAY } from "../clock.ts";

/** Every deadline there is. What happens when it is due is its owner's to say. */
export type DeadlineKind =
  | "opening"
  | "ping"
  | "pong"
  | "idle"
  | "lifetime"
  | "closing"
  | "lingering"
  | "release"
  | "drain";

export interface DeadlineOwner {
  onDeadline(kind: DeadlineKind): void;
}

/** A deadline that is armed. */
export interface Deadline {
  readonly owner: DeadlineOwner;
  readonly kind: DeadlineKind;
  readonly due: number;
  /** Its place in the heap; -1 when it is over. */
  index: number;
}

/** A timer this many milliseconds late means that the process was suspended, not that peers were silent: what waits is read first. */
const SUSPENDED_AFTER = 1000;
/** The time for reading that, in milliseconds. */
const GRACE = 1000;

export class Deadlines {
  readonly #clock: Clock;
  readonly #heap: Deadline[] = [];
  #timer: unknown;
  #timerDue = Infinity;
  /** What waits is being read. Not twice in a row: a process that is always late must not lose its deadlines by it. */
  #graced = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are armed. */
  get size(): number {
    return this.#heap.length;
  }

  /** Calls `owner.onDeadline(kind)` once after `delay` milliseconds, unless disarmed. */
  arm(owner: DeadlineOwner, kind: DeadlineKind, delay: number): Deadline {
    const deadline: Deadline = { owner, kind, due: this.#clock.now() + delay, index: this.#heap.length };
    this.#heap.push(deadline);
    this.#up(deadline);
    if (deadline.index === 0) this.#setTimer();
    return deadline;
  }

  /** Idempotent. */
  disarm(deadline: Deadline | undefined): void {
    if (deadline === undefined || deadline.index < 0) return;
    const { index } = deadline;
    deadline.index = -1;
    const last = this.#heap.pop() as Deadline;
    if (last !== deadline) {
      last.index = index;
      this.#heap[index] = last;
      this.#up(last);
      this.#down(last);
    }
    // The timer stays: at worst it wakes once for nothing, where setting it anew would cost every connection.
    if (this.#heap.length > 0) return;
    this.#clearTimer();
    this.#graced = false;
  }

  #setTimer(): void {
    const first = this.#heap[0];
    if (first === undefined || first.due >= this.#timerDue) return;
    this.#clearTimer();
    const now = this.#clock.now();
    const delay = Math.min(Math.max(0, Math.ceil(first.due - now)), MAX_DELAY);
    this.#timerDue = Math.min(first.due, now + MAX_DELAY);
    this.#timer = this.#clock.setTimer(this.#wake, delay);
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerDue = Infinity;
  }

  #wake = (): void => {
    const now = this.#clock.now();
    const late = now - this.#timerDue;
    this.#timer = undefined;
    this.#timerDue = Infinity;
    if (late > SUSPENDED_AFTER && !this.#graced) {
      this.#graced = true;
      this.#timerDue = now + GRACE;
      this.#timer = this.#clock.setTimer(this.#wake, GRACE);
      return;
    }
    this.#graced = false;
    try {
      for (let first = this.#heap[0]; first !== undefined && first.due <= now; first = this.#heap[0]) {
        this.disarm(first);
        first.owner.onDeadline(first.kind);
      }
    } finally {
      // One owner that throws must not stop the others' clocks.
      this.#setTimer();
    }
  };

  #up(deadline: Deadline): void {
    const heap = this.#heap;
    let at = deadline.index;
    while (at > 0) {
      const parent = heap[(at - 1) >> 1] as Deadline;
      if (parent.due <= deadline.due) break;
      heap[at] = parent;
      parent.index = at;
      at = (at - 1) >> 1;
    }
    heap[at] = deadline;
    deadline.index = at;
  }

  #down(deadline: Deadline): void {
    const heap = this.#heap;
    let at = deadline.index;
    for (;;) {
      let child = at * 2 + 1;
      let next = heap[child];
      if (next === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && right.due < next.due) {
        next = right;
        child++;
      }
      if (next.due >= deadline.due) break;
      heap[at] = next;
      next.index = at;
      at = child;
    }
    heap[at] = deadline;
    deadline.index = at;
  }
}
