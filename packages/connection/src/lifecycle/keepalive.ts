/**
 * What a connection does when nothing happens: keepalive Pings and their deadline, the idle and lifetime limits,
 * memory given back. Activity only stores a timestamp; each deadline looks at it when it is due.
 */
import type { ExtensionUser, Protocol } from "@samewire/codec";
import type { Clock } from "../clock.ts";
import { CloseCode } from "../close-code.ts";
import type { Inbox } from "../receiving/inbox.ts";
import type { Sender } from "../sending/sender.ts";
import type { Settings } from "../settings.ts";
import type { Deadline, DeadlineKind, DeadlineOwner, Deadlines } from "./deadlines.ts";

/** A compressor is given back when the connection has not used it for this long, in milliseconds. */
const RELEASE_AFTER = 10_000;

/** Where each deadline is kept. A Ping is due or its Pong is awaited, never both. */
const SLOTS = { ping: 0, pong: 0, idle: 1, lifetime: 2 } as const;

/** What the keepalive asks of its connection. */
export interface KeepaliveOwner {
  /** True while we do not read: then the peer's silence is our own doing, and deadlines stand still. */
  readonly paused: boolean;
  readonly protocol: Pick<Protocol, "role">;
  readonly inbox: Pick<Inbox, "unasked">;
  /** True once `open` has settled. */
  readonly opened: boolean;
  readonly sender: Pick<Sender, "tryPing">;
  /** The peer has not answered. */
  onDead(): void;
  /** The connection is to be closed: it has idled, or lived, too long, or sends what nobody takes. */
  onExpired(code: number, reason: string): void;
  /** Memory that is not in use may be given back. */
  release(): void;
}

export class Keepalive implements DeadlineOwner, ExtensionUser {
  /** The time from the last keepalive Ping to its Pong, in milliseconds; undefined before the first. */
  roundTripTime: number | undefined;

  readonly #owner: KeepaliveOwner;
  readonly #settings: Settings;
  readonly #deadlines: Deadlines;
  readonly #clock: Clock;
  /** Whether a deadline asks for the two times that follow. */
  readonly #watching: boolean;
  /** When the peer last showed a sign of life, by sending or taking something, in the clock's milliseconds. */
  #alive = 0;
  /** What {@link #alive} was when data of a message was last received. */
  #delivered = 0;
  /** What is armed, by its place in {@link SLOTS}; made for the first, since many connections have none. */
  #armed: (Deadline | undefined)[] | undefined;
  #release: Deadline | undefined;
  #used = false;
  /** Which Ping is the last, and when it was sent; its payload tells its Pong from others. */
  #pingCount = 0;
  #pingSent = 0;
  /** What `alive` was when the Ping was sent. */
  #aliveBefore = 0;
  #awaiting = false;
  #stopped = false;

  constructor(owner: KeepaliveOwner, settings: Settings, deadlines: Deadlines, clock: Clock) {
    this.#owner = owner;
    this.#settings = settings;
    this.#deadlines = deadlines;
    this.#clock = clock;
    const { pingInterval, idleTimeout, maxLifetime } = settings;
    this.#watching = pingInterval > 0 || idleTimeout > 0;
    if (this.#watching) this.#alive = this.#delivered = clock.now();
    if (pingInterval > 0) this.#arm("ping", pingInterval);
    if (idleTimeout > 0) this.#arm("idle", idleTimeout);
    if (maxLifetime > 0) this.#arm("lifetime", maxLifetime);
  }

  /** Whether there is a deadline to keep. */
  static isWanted(settings: Settings): boolean {
    return settings.pingInterval > 0 || settings.idleTimeout > 0 || settings.maxLifetime > 0;
  }

  /**
   * Reading has stopped for messages that nobody has ever asked for: no reader is slow there, and a server that only
   * sends must not be held by whoever sends to it.
   */
  get #stuckOnUnread(): boolean {
    const { paused, opened, protocol, inbox } = this.#owner;
    return paused && opened && protocol.role === "server" && inbox.unasked;
  }

  /** The peer has sent something, or taken something. */
  onLife(): void {
    if (this.#watching) this.#alive = this.#clock.now();
  }

  /** Something of a message was received, in what came last. */
  onDelivery(): void {
    this.#delivered = this.#alive;
  }

  /** A Pong arrived. */
  onPong(payload: Uint8Array): void {
    if (!this.#awaiting || payload.length !== 4 || readCount(payload) !== this.#pingCount) return;
    this.#awaiting = false;
    this.roundTripTime = this.#clock.now() - this.#pingSent;
    // Nothing is waited for any more: the next Ping keeps to its interval, however long this Pong might have taken.
    this.#deadlines.disarm(this.#armed?.[SLOTS.pong]);
    this.#arm("ping", this.#settings.pingInterval);
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
    else if (kind === "lifetime") this.#owner.onExpired(CloseCode.GOING_AWAY, "maxLifetime reached");
    else this.#onReleaseDue();
  }

  #onPingDue(): void {
    const { pingInterval, pongTimeout } = this.#settings;
    const silent = this.#clock.now() - this.#alive;
    if (silent >= pingInterval && this.#stuckOnUnread) {
      this.#owner.onExpired(CloseCode.UNSUPPORTED_DATA, "no messages are taken here");
      return;
    }
    if (silent < pingInterval) {
      this.#arm("ping", pingInterval - silent);
      return;
    }
    // While we do not read, its Pong is not waited for; but a peer that is gone answers with a reset, which is noticed.
    const { paused } = this.#owner;
    const count = (this.#pingCount + 1) >>> 0;
    const sent = this.#owner.sender.tryPing(writeCount(count));
    if (sent) {
      this.#pingCount = count;
      this.#pingSent = this.#clock.now();
      this.#aliveBefore = this.#alive;
      this.#awaiting = !paused;
    }
    // Nobody owes a Pong to a Ping that was not sent.
    if (sent && !paused && pongTimeout > 0) this.#arm("pong", pongTimeout);
    else this.#arm("ping", pingInterval);
  }

  /** The Ping waits behind what the peer has not taken yet, its Pong behind what it sends: either may take long. */
  #onPongDue(): void {
    // While we do not read no Pong is waited for, but the peer is pinged.
    if (this.#owner.paused || this.#alive > this.#aliveBefore) this.#onPingDue();
    else this.#owner.onDead();
  }

  #onIdleDue(): void {
    const { idleTimeout } = this.#settings;
    const idle = this.#clock.now() - this.#delivered;
    if (this.#owner.paused && !this.#stuckOnUnread) this.#arm("idle", idleTimeout);
    else if (idle < idleTimeout) this.#arm("idle", idleTimeout - idle);
    else this.#owner.onExpired(CloseCode.GOING_AWAY, "idleTimeout reached");
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

  #arm(kind: keyof typeof SLOTS, delay: number): void {
    // A Ping that the send buffer has no room for may be what ends the connection.
    if (this.#stopped) return;
    this.#armed ??= [];
    this.#armed[SLOTS[kind]] = this.#deadlines.arm(this, kind, delay);
  }
}

function writeCount(count: number): Uint8Array {
  return Uint8Array.of(count >>> 24, count >>> 16, count >>> 8, count);
}

function readCount(payload: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = payload;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
