/**
 * What is put off to the next macrotask, shared by all connections of a runtime: one wake-up a turn, however many ask.
 * Quick tasks all run then; of long ones, those of many connections are spread over as many turns as they need.
 */
import type { Clock } from "../clock.ts";

export interface TurnTask {
  runTurn(): void;
  /** Its work comes right after its turn: nothing else that is long may share that. */
  readonly endsTurn?: boolean;
}

/**
 * How long work may hold up others, in milliseconds: no long task begins that much later than the first of its turn, and
 * what comes from one stream without a break rests after it.
 */
const LONG_TIME = 2;
/** Nor after this many of them: on workerd the clock stands still within a turn. */
const LONG_TASKS = 4;

export class TurnQueue {
  readonly #clock: Clock;
  #tasks: TurnTask[] = [];
  readonly #long: TurnTask[] = [];
  #turn = 0;
  #armed = false;
  /** Whose work comes without a break, and how long that took. */
  #holder: object | undefined;
  #held = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs the task once in the next macrotask. The caller sees to it that it asks once. */
  add(task: TurnTask): void {
    this.#tasks.push(task);
    this.current();
  }

  /** Runs a task that may take a millisecond or more, once, in the next macrotask or, after those that wait, a later one. */
  addLong(task: TurnTask): void {
    this.#long.push(task);
    this.current();
  }

  /** Resolves when it is the turn of something that may take a millisecond or more. */
  longTurn(): Promise<void> {
    return new Promise((resolve) => this.addLong({ runTurn: resolve, endsTurn: true }));
  }

  /** Resolves in the next macrotask. */
  nextTurn(): Promise<void> {
    return new Promise((resolve) => this.add({ runTurn: resolve }));
  }

  /** Counts milliseconds of work that may go on without a break; returns whether it is time for one. */
  spend(holder: object, time: number): boolean {
    if (this.#holder !== holder) {
      this.#holder = holder;
      this.#held = 0;
    }
    this.#held += time;
    if (this.#held < LONG_TIME) return false;
    this.#holder = undefined;
    return true;
  }

  /** The work of whoever has {@link spend} time has come to a break. */
  breakOff(): void {
    this.#holder = undefined;
  }

  /** The clock's milliseconds. */
  now(): number {
    return this.#clock.now();
  }

  /** A number that stays the same until the next macrotask. */
  current(): number {
    if (!this.#armed) {
      this.#armed = true;
      this.#clock.defer(this.#run);
    }
    return this.#turn;
  }

  #run = (): void => {
    this.#turn++;
    this.#armed = false;
    const tasks = this.#tasks;
    this.#tasks = [];
    let begun = 0;
    try {
      while (begun < tasks.length) (tasks[begun++] as TurnTask).runTurn();
      this.#runLong();
    } finally {
      // One that throws must not keep the others from their turn.
      if (begun < tasks.length) this.#tasks = [...tasks.slice(begun), ...this.#tasks];
      if (this.#tasks.length + this.#long.length > 0) this.current();
    }
  };

  #runLong(): void {
    if (this.#long.length === 0) return;
    const began = this.#clock.now();
    // What these tasks add is for a later turn.
    for (let left = Math.min(this.#long.length, LONG_TASKS); left > 0; left--) {
      const task = this.#long.shift() as TurnTask;
      task.runTurn();
      if (task.endsTurn || this.#clock.now() - began >= LONG_TIME) return;
    }
  }
}
