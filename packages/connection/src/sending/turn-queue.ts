/** Work for the next macrotask, shared by all connections of a runtime: one wake-up a turn, however many ask. */
import type { Clock } from "../clock.ts";

export interface TurnTask {
  runTurn(): void;
}

export class TurnQueue {
  readonly #clock: Clock;
  #tasks: TurnTask[] = [];
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
  };
}
