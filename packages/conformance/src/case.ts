import type { ConnectOptions } from "./connect-options.ts";
import type { Delivery } from "./delivery.ts";
import type { OpenOptions, Peer } from "./peer.ts";
import type { Random } from "./random.ts";
import type { Group, Role } from "./role.ts";
import type { Testee } from "./testee.ts";
import type { WireLog } from "./wire-log.ts";

export { type Group, ROLES, type Role } from "./role.ts";

/** What a testee must support for a case to make sense. */
export interface Needs {
  readonly compression?: boolean;
  /** The testee accepts messages of this many bytes. */
  readonly maxMessageSize?: number;
  /** The testee's limit is exact (see `TesteeOptions.enforcesMaxMessageSize`). */
  readonly exactLimit?: boolean;
  readonly subprotocol?: boolean;
  readonly answersHttp?: boolean;
  readonly closeTimeout?: boolean;
  readonly handshakeTimeout?: boolean;
  readonly maxHeadSize?: boolean;
  /** The client is started by the suite (client role), so that its URL can differ and its process can be watched. */
  readonly launchedClient?: boolean;
}

/** What a case may ask for while it runs. */
export interface CaseContext {
  readonly role: Role;
  readonly testee: Testee;
  readonly delivery: Delivery;
  readonly random: Random;
  readonly log: WireLog;
  /**
   * A connection before the opening handshake. Server role: TCP (or TLS) is connected and nothing is sent. Client role: the
   * client has connected and its request head has been read (`peer.request`), nothing is answered.
   */
  connect(options?: ConnectOptions): Promise<Peer>;
  /** A connection after a good opening handshake. */
  open(options?: OpenOptions): Promise<Peer>;
  /** Notes a departure from a SHOULD: the verdict becomes `non-strict`. */
  nonStrict(reason: string): void;
  /** The same for one that only a time limit shows: the run is repeated alone before it is judged. */
  late(reason: string): void;
  /** Notes a choice that the RFC leaves open: the verdict becomes `informational` if nothing worse follows. */
  inform(text: string): void;
  /** Ends the run as `skipped`. */
  skip(reason: string): never;
}

/** One thing that is required of a testee in one role. */
export interface ConformanceCase {
  /** Unique within a role: a row of the coverage table and a number, such as `FR-2.126`. */
  readonly id: string;
  readonly title: string;
  /** `RFC 6455 5.2`, or `advisory` with the origin. */
  readonly section: string;
  readonly group: Group;
  readonly role: Role;
  readonly needs: Needs;
  /** What goes to the testee, in words and bytes. */
  readonly input: string;
  /** The outcome that is required, in words. */
  readonly expectation: string;
  /** Requirement ids (`requirements.ts`) and rows of the list of cases that this case holds. */
  readonly covers: readonly string[];
  /** How the bytes are delivered; each one is a run. */
  readonly deliveries: readonly Delivery[];
  /** Connections a run makes; a self-driving client must make exactly that many. */
  readonly connections: number;
  /** There is nothing to get wrong: a run that ends is `informational`. */
  readonly informational: boolean;
  /** Milliseconds one run may take. */
  readonly timeout: number;
  run(context: CaseContext): Promise<void>;
}

/** The parts of a case that have no default; `roles` makes one case of each role. */
export interface CaseSpec
  extends Pick<ConformanceCase, "id" | "title" | "section" | "input" | "expectation" | "run">,
    Partial<
      Pick<ConformanceCase, "group" | "needs" | "covers" | "deliveries" | "connections" | "informational" | "timeout">
    > {
  readonly roles: readonly Role[];
}

/** Makes the cases that a spec describes, one for each of its roles, with the defaults filled in. */
export function defineCase(spec: CaseSpec): ConformanceCase[] {
  return spec.roles.map((role) => ({
    id: spec.id,
    title: spec.title,
    section: spec.section,
    group: spec.group ?? "core",
    role,
    needs: spec.needs ?? {},
    input: spec.input,
    expectation: spec.expectation,
    // The id's row is always held: FR-2.126 holds FR-2.
    covers: [...new Set([spec.id.replace(/\..*$/, ""), ...(spec.covers ?? [])])],
    deliveries: spec.deliveries ?? ["whole"],
    connections: spec.connections ?? 1,
    informational: spec.informational ?? false,
    timeout: spec.timeout ?? 20_000,
    run: spec.run,
  }));
}
