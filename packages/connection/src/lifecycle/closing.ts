/**
 * RFC 6455 section 7: how a connection ends. Both Close frames, the deadline for them, who closes TCP, and one outcome
 * that the application hears of once, after everything that was received before it.
 */
import type { CloseStatus, Protocol, ProtocolError } from "@samewire/codec";
import type { Channel } from "../channel.ts";
import { CloseCode } from "../close-code.ts";
import type { CloseInfo } from "../close-info.ts";
import type { Inbox } from "../receiving/inbox.ts";
import type { Sender } from "../sending/sender.ts";
import type { SocketHandler } from "../socket.ts";
import type { Deadline, DeadlineOwner, Deadlines } from "./deadlines.ts";
import { OVERSIZE_BYTES } from "./linger.ts";

/** What closing needs of its connection. */
export interface ClosingOwner extends SocketHandler {
  readonly protocol: Protocol;
  readonly sender: Sender;
  readonly inbox: Inbox;
  /** Whether messages go to a handler, and whether `open` has settled. */
  readonly handled: boolean;
  readonly opened: boolean;
  /** Nothing received is left to handle: the end of a turn. */
  onInboxIdle(): void;
  /** The application has closed, or a handler of its failed: what waits and what is still coming is dropped. */
  onRequested(): void;
  /** The peer says nothing more: its Close frame, a fault or its FIN has come, or the outcome is known. Idempotent. */
  onLeaving(): void;
  /** The outcome is known: nothing is sent or received any more. */
  onFinished(info: CloseInfo): void;
  /** Tells the application, once. */
  announce(info: CloseInfo): void;
}

/** How long handlers may go on after a FIN without a Close frame where there is no `closeTimeout`, in milliseconds. */
const LOSING_TIME = 10_000;

/** Of a connection's options, what its end asks for. */
export interface ClosingOptions {
  readonly environment: { readonly deadlines: Deadlines };
  readonly settings: { readonly closeTimeout: number };
}

export class Closing implements DeadlineOwner {
  /** How the connection ended, once it has. */
  info: CloseInfo | undefined;
  readonly #owner: ClosingOwner;
  readonly #channel: Channel;
  readonly #deadlines: Deadlines;
  /** How long the peer has to close, in milliseconds; 0: no deadline. */
  readonly #timeout: number;
  #received: CloseStatus | undefined;
  #fault: ProtocolError | undefined;
  /** What the application has closed with. */
  #wanted: CloseStatus | undefined;
  /** The status of our Close frame, once that is encoded. */
  #sent: CloseStatus | undefined;
  #deadline: Deadline | undefined;
  #announced = false;
  /** The peer's FIN came without a Close frame, and something that was received before it is still being handled. */
  #losing = false;

  constructor(owner: ClosingOwner, channel: Channel, { environment, settings }: ClosingOptions) {
    this.#owner = owner;
    this.#channel = channel;
    this.#deadlines = environment.deadlines;
    this.#timeout = settings.closeTimeout;
  }

  /** Whether the application has closed, though the Close frame may still wait behind what was accepted before it. */
  get requested(): boolean {
    return this.#wanted !== undefined;
  }

  /** The peer's input has ended in order, or by its fault: our Close frame is all that is left. */
  get #over(): boolean {
    return this.#received !== undefined || this.#fault !== undefined;
  }

  /** Starts the closing handshake once everything accepted is sent. What was received and not handled is dropped. */
  close(code: number, reason: string): void {
    const { inbox, protocol, sender } = this.#owner;
    if (this.requested || this.info !== undefined) return;
    if (this.#fault !== undefined) {
      // The fault's own code is owed (7.1.7), whatever a handler that was still pending makes of it.
      inbox.discard();
      this.#answer();
      return;
    }
    this.#wanted = { code, reason };
    this.#arm();
    this.#owner.onRequested();
    sender.afterAccepted(() => {
      if (this.#fault !== undefined) {
        this.#answerNow();
        return;
      }
      sender.payPong();
      protocol.close(code, reason);
      this.#sent = this.#wanted;
      if (protocol.state === "closed") this.conclude(undefined);
      else if (this.#losing) this.#lose();
      else this.#channel.transmitter.flushSoon();
    });
  }

  /** The peer's Close frame. Its answer waits for the handlers of what came before it, but not for ever. */
  onCloseFrame(status: CloseStatus): void {
    this.#received = status;
    this.#owner.onLeaving();
    if (this.#owner.protocol.state === "closed") this.conclude(undefined);
    // The peer has a deadline of its own, likely the same: an answer at its end would come too late.
    else this.#arm(this.#timeout / 2);
  }

  /** A fault of the peer (7.1.7). Like an answer, its Close frame follows the replies to what came before. */
  onFault(error: ProtocolError): void {
    this.#fault = error;
    this.#owner.onLeaving();
    // Where our Close frame went first nothing is owed any more, and whoever waits for its answer waits in vain.
    if (this.#owner.protocol.state === "failed") this.conclude(error);
    else this.#arm();
  }

  /** Everything received so far is handled: what waited for that is done. */
  onIdle(): void {
    if (this.#over && this.info === undefined) this.#answer();
    if (this.#losing && this.info === undefined) this.#loseInOrder();
    if (this.info !== undefined) this.#announce(false);
  }

  /** The peer's FIN. It may still read: without a Close frame, too, the replies to what came before are sent. */
  onEnd(): void {
    const { inbox, protocol } = this.#owner;
    if (protocol.state === "open") {
      this.#losing = true;
      this.#owner.onLeaving();
      // Also without a deadline for who closes in order: this peer has nothing more to say, ever.
      this.#deadline ??= this.#deadlines.arm(this, "closing", this.#timeout || LOSING_TIME);
      if (inbox.idle) this.#loseInOrder();
    } else if (!this.#lose() && this.info !== undefined) {
      this.#leave();
    }
  }

  /** Once everything accepted is sent; where the application has closed, its Close frame goes first. */
  #loseInOrder(): void {
    if (!this.requested) this.#owner.sender.afterAccepted(() => this.#lose());
  }

  /** Nothing more will come: without a Close frame of the peer's that is the outcome, 1006. Returns whether it is. */
  #lose(): boolean {
    const { protocol, sender } = this.#owner;
    sender.payPong();
    if (protocol.end() !== "lost") return false;
    this.conclude(undefined);
    return true;
  }

  /** The stream is gone. */
  onGone(reason: Error | undefined): void {
    this.conclude(reason);
    if (this.#announced) this.#deadlines.disarm(this.#deadline);
  }

  onDeadline(): void {
    if (this.info === undefined && this.#over) this.#answer();
    if (this.info === undefined && this.#losing) this.#lose();
    if (this.info === undefined) {
      this.cutOff(new Error("the closing handshake was not finished within closeTimeout"));
    } else if (this.#channel.stage === this.#owner) {
      this.#leave();
    }
    this.#announce(true);
  }

  /** Closes the stream at once, without a closing handshake. */
  cutOff(error: Error | undefined): void {
    this.conclude(error);
    this.#channel.socket.destroy();
  }

  /** The outcome is known: the application hears of it, the stream is left to linger. */
  conclude(error: Error | undefined): void {
    if (this.info !== undefined) return;
    const { inbox, protocol, sender } = this.#owner;
    const { code, reason } = this.#received ?? { code: CloseCode.ABNORMAL, reason: "" };
    const clean = protocol.state === "closed";
    this.info = { code, reason, clean, sent: this.#sent, error };
    protocol.end();
    sender.stop(error);
    this.#owner.onFinished(this.info);
    // Before the application can be told, which is the end of the deadline.
    this.#arm();
    this.#owner.onLeaving();
    inbox.end();
    // The server closes TCP first (section 7.1.1); a client waits for that.
    if (clean && protocol.role === "client" && !this.#channel.inputEnded) {
      this.#channel.transmitter.uncork();
    } else {
      this.#leave();
    }
  }

  #answer(): void {
    this.#owner.sender.afterAccepted(() => this.#answerNow(), this.#fault);
  }

  #answerNow(): void {
    const { protocol } = this.#owner;
    const fault = this.#fault;
    this.#owner.sender.payPong();
    if (fault !== undefined) {
      this.#sent = { code: fault.closeCode, reason: "" };
    } else if (this.#wanted !== undefined) {
      this.#sent = this.#wanted;
      protocol.close(this.#sent.code, this.#sent.reason);
    } else {
      this.#sent = this.#received;
    }
    protocol.answerClose();
    this.conclude(fault);
  }

  /** Hands the stream over to its last stage. */
  #leave(): void {
    if (this.#announced) this.#deadlines.disarm(this.#deadline);
    const oversize = this.#fault?.closeCode === CloseCode.TOO_LARGE;
    this.#channel.linger(this.#deadlines, this.#timeout, oversize ? OVERSIZE_BYTES : undefined);
  }

  #arm(time = this.#timeout): void {
    if (time > 0) this.#deadline ??= this.#deadlines.arm(this, "closing", time);
  }

  /** After everything else, also after `open`; overdue: although something has not settled. */
  #announce(overdue: boolean): void {
    const { handled, inbox, opened } = this.#owner;
    if (this.#announced || (!opened && !overdue)) return;
    if (this.#channel.closed || this.#channel.stage !== this.#owner) this.#deadlines.disarm(this.#deadline);
    this.#announced = true;
    // No handler runs after this one.
    if (overdue && handled) inbox.discard();
    this.#owner.announce(this.info as CloseInfo);
  }
}
