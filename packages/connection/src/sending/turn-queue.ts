/**
 * What is put off to the next macrotask, shared by all connections of a runtime: one wake-up a turn, however many ask.
 * Quick tasks all run then; of long ones, those of many connections are spread over as many turns as they need.
 */
import type { Clock } from "../clock.ts";

export interface TurnTask {
  runTurn(): void;
}

/** No long task begins that many milliseconds after the first of its turn. */
const LONG_TIME = 2;
/** Nor after so many of them: on workerd the clock stands still within a turn. */
const LONG_TASKS = 4;

export class TurnQueue {
  readonly #clock: Clock;
  #tasks: TurnTask[] = [];
  /** In order; those before `#done` have run. */
  #long: TurnTask[] = [];
  #done = 0;
  #turn = 0;
  #armed = false;

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
    return new Promise((resolve) => this.addLong({ runTurn: resolve }));
  }

  /** Resolves in the next macrotask. */
  nextTurn(): Promise<void> {
    return new Promise((resolve) => this.add({ runTurn: resolve }));
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
    for (const task of tasks) task.runTurn();
    if (this.#long.length > 0) this.#runLong();
  };

  #runLong(): void {
    const began = this.#clock.now();
    // What these tasks add is for a later turn.
    const end = Math.min(this.#long.length, this.#done + LONG_TASKS);
    do (this.#long[this.#done++] as TurnTask).runTurn();
    while (this.#done < end && this.#clock.now() - began < LONG_TIME);
    if (this.#done * 2 >= this.#long.length) {
      this.#long = this.#long.slice(this.#done);
      this.#done = 0;
    }
    if (this.#long.length > 0) this.current();
  }
}
