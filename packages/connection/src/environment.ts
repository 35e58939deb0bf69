/** What all connections of one server, or all clients of one runtime, share. */
import { Deadlines } from "./lifecycle/deadlines.ts";
import type { Runtime } from "./runtime.ts";
import { MaskKeys } from "./sending/mask-keys.ts";
import { TurnQueue } from "./sending/turn-queue.ts";

export class Environment {
  readonly runtime: Runtime;
  readonly deadlines: Deadlines;
  readonly turns: TurnQueue;
  readonly maskKeys: MaskKeys;

  constructor(runtime: Runtime) {
    runtime.prepare?.();
    this.runtime = runtime;
    this.deadlines = new Deadlines(runtime.clock);
    this.turns = new TurnQueue(runtime.clock);
    this.maskKeys = new MaskKeys(runtime);
  }
}

const shared = new WeakMap<Runtime, Environment>();

/** The environment that the clients of a runtime share. */
export function clientEnvironment(runtime: Runtime): Environment {
  let environment = shared.get(runtime);
  if (environment === undefined) {
    environment = new Environment(runtime);
    shared.set(runtime, environment);
  }
  return environment;
}
