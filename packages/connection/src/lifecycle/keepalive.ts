/**
 * What a connection does when nothing happens: keepalive Pings and their deadline, the idle and lifetime limits,
 * memory given back. Activity only stores a timestamp; each deadline looks at it when it is due.
 */
import type { ExtensionUser } from "@samewire/codec";
import type { Clock } from "../clock.ts";
import type { Sender } from "../sending/sender.ts";
import type { Settings } from "../settings.ts";
import type { Deadline, DeadlineKind, DeadlineOwner, Deadlines } from "./deadlines.ts";

/** A compressor is given back when the connection has not used it for so long, in milliseconds. */
const RELEASE_AFTER = 10_000;

/** What the keepalive asks of its connection. */
export interface KeepaliveOwner {
  /** True while we do not read: then the peer's silence is our own doing, and deadlines stand still. */
  readonly paused: boolean;
  readonly sender: Pick<Sender, "tryPing">;
  /** The peer has not answered. */
  onDead(): void;
  /** The connection has idled, or lived, too long. */
  onExpired(reason: string): void;
  /** Memory that is not in use may be given back. */
  release(): void;
}

export class Keepalive implements DeadlineOwner, ExtensionUser {
  /** When something was received last, in the clock's milliseconds; kept only where a deadline asks for it. */
  received = 0;
  /** When a data message was received last. */
  delivered = 0;
  /** The time from the last keepalive Ping to its Pong, in milliseconds; undefined before the first. */
  roundTripTime: number | undefined;

  readonly #owner: KeepaliveOwner;
  readonly #settings: Settings;
  readonly #deadlines: Deadlines;
  readonly #clock: Clock;
  #armed: (Deadline | undefined)[] | undefined;
  #release: Deadline | undefined;
  #used = false;
  /** Which Ping is the last, and when it was sent; its payload tells its Pong from others. */
  #pingCount = 0;
  #pingSent = 0;
  /** When something was received last before the Ping. */
  #heard = 0;
  #awaiting = false;
  #stopped = false;

  constructor(owner: KeepaliveOwner, settings: Settings, deadlines: Deadlines, clock: Clock) {
    this.#owner = owner;
    this.#settings = settings;
    this.#deadlines = deadlines;
    this.#clock = clock;
    const { pingInterval, idleTimeout, maxLifetime } = settings;
    if (pingInterval > 0 || idleTimeout > 0) this.received = this.delivered = clock.now();
    if (pingInterval > 0) this.#arm(0, "ping", pingInterval);
    if (idleTimeout > 0) this.#arm(1, "idle", idleTimeout);
    if (maxLifetime > 0) this.#arm(2, "lifetime", maxLifetime);
  }

  /** Whether there is a deadline to keep. */
  static isWanted(settings: Settings): boolean {
    return Keepalive.watches(settings) || settings.maxLifetime > 0;
  }

  /** Whether timestamps of activity are wanted at all. */
  static watches(settings: Settings): boolean {
    return settings.pingInterval > 0 || settings.idleTimeout > 0;
  }

  /** A Pong arrived. */
  onPong(payload: Uint8Array): void {
    if (!this.#awaiting || payload.length !== 4 || readCount(payload) !== this.#pingCount) return;
    this.#awaiting = false;
    this.roundTripTime = this.#clock.now() - this.#pingSent;
  }

  /** The extension's memory was used: it is given back when that has been long ago. */
  used(): void {
    this.#used = true;
    if (this.#release === undefined) this.#release = this.#deadlines.arm(this, "release", RELEASE_AFTER);
  }

  stop(): void {
    this.#stopped = true;
    for (const deadline of this.#armed ?? []) this.#deadlines.disarm(deadline);
    this.#deadlines.disarm(this.#release);
    this.#armed = undefined;
  }

  onDeadline(kind: DeadlineKind): void {
    if (kind === "ping") this.#onPingDue();
    else if (kind === "pong") this.#onPongDue();
    else if (kind === "idle") this.#onIdleDue();
    else if (kind === "lifetime") this.#owner.onExpired("maxLifetime reached");
    else this.#onReleaseDue();
  }

  #onPingDue(): void {
    const { pingInterval, pongTimeout } = this.#settings;
    const silent = this.#clock.now() - this.received;
    if (silent < pingInterval || this.#owner.paused) {
      this.#arm(0, "ping", this.#owner.paused ? pingInterval : pingInterval - silent);
      return;
    }
    const count = (this.#pingCount + 1) >>> 0;
    const sent = this.#owner.sender.tryPing(writeCount(count));
    if (sent) {
      this.#pingCount = count;
      this.#pingSent = this.#clock.now();
      this.#heard = this.received;
      this.#awaiting = true;
    }
    // Nobody owes a Pong to a Ping that was not sent.
    if (sent && pongTimeout > 0) this.#arm(0, "pong", pongTimeout);
    else this.#arm(0, "ping", pingInterval);
  }

  /** Anything received since the Ping shows that the peer lives: a long message may hold its Pong back. */
  #onPongDue(): void {
    if (this.#owner.paused) this.#arm(0, "pong", this.#settings.pongTimeout);
    else if (this.received > this.#heard) this.#onPingDue();
    else this.#owner.onDead();
  }

  #onIdleDue(): void {
    const { idleTimeout } = this.#settings;
    const idle = this.#clock.now() - this.delivered;
    if (this.#owner.paused) this.#arm(1, "idle", idleTimeout);
    else if (idle < idleTimeout) this.#arm(1, "idle", idleTimeout - idle);
    else this.#owner.onExpired("idleTimeout reached");
  }

  #onReleaseDue(): void {
    this.#release = undefined;
    if (this.#used) {
      this.#used = false;
      this.#release = this.#deadlines.arm(this, "release", RELEASE_AFTER);
    } else {
      this.#owner.release();
    }
  }

  #arm(slot: number, kind: DeadlineKind, delay: number): void {
    // A Ping that the send buffer has no room for may be what ends the connection.
    if (this.#stopped) return;
    this.#armed ??= [];
    this.#armed[slot] = this.#deadlines.arm(this, kind, delay);
  }
}

function writeCount(count: number): Uint8Array {
  return Uint8Array.of(count >>> 24, count >>> 16, count >>> 8, count);
}

function readCount(payload: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = payload;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
