/** Work for the next macrotask, shared by all connections of a runtime: one wake-up a turn, however many ask. */
import type { Clock } from "../clock.ts";

export interface TurnTask {
  runTurn(): void;
}

export class TurnQueue {
  readonly #clock: Clock;
  #tasks: TurnTask[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs the task once in the next macrotask. The caller sees to it that it asks once. */
  add(task: TurnTask): void {
    this.#tasks.push(task);
    if (this.#tasks.length === 1) this.#clock.defer(this.#run);
  }

  #run = (): void => {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task.runTurn();
  };
}
