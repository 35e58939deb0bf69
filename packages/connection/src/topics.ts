/** Topics within one process: who subscribed, and a message encoded once for all of them. */
import { UsageError } from "@samewire/codec";
import type { Bytes } from "./message.ts";
import { PreparedMessage, prepare } from "./prepared-message.ts";
import type { Subscriptions, WebSocketConnection } from "./web-socket-connection.ts";

/**
 * This many receivers are looked at before the first of them is written to: their memory is cold, and a processor fetches
 * that of several at a time, but not across a system call.
 */
const LOOK_AHEAD = 16;

export class Topics<C> implements Subscriptions<C> {
  readonly #subscribers = new Map<string, Set<WebSocketConnection<C>>>();
  readonly #topics = new Map<WebSocketConnection<C>, Set<string>>();

  subscribe(socket: WebSocketConnection<C>, topic: string): void {
    if (typeof topic !== "string") throw new UsageError("topic", "a topic is a string");
    if (socket.state === "closed") return;
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) this.#subscribers.set(topic, new Set([socket]));
    else subscribers.add(socket);
    const topics = this.#topics.get(socket);
    if (topics === undefined) this.#topics.set(socket, new Set([topic]));
    else topics.add(topic);
  }

  unsubscribe(socket: WebSocketConnection<C>, topic: string): void {
    this.#leave(socket, topic);
    const topics = this.#topics.get(socket);
    if (topics?.delete(topic) && topics.size === 0) this.#topics.delete(socket);
  }

  /** The connection is over. */
  leaveAll(socket: WebSocketConnection<C>): void {
    for (const topic of this.#topics.get(socket) ?? []) this.#leave(socket, topic);
    this.#topics.delete(socket);
  }

  /** Sends to every subscriber; returns to how many, those included whose `overflow` policy dropped it. */
  publish(topic: string, message: string | Bytes | PreparedMessage): number {
    const prepared = message instanceof PreparedMessage ? message : prepare(message);
    const next: WebSocketConnection<C>[] = [];
    const sendToNext = (): void => {
      for (const socket of next) socket.send(prepared);
      next.length = 0;
    };
    let count = 0;
    for (const socket of this.#subscribers.get(topic) ?? []) {
      if (socket.state !== "open") continue;
      count++;
      // Behind what waits there is no system call to make.
      if (socket.bufferedAmount > 0) socket.send(prepared);
      else if (next.push(socket) === LOOK_AHEAD) sendToNext();
    }
    sendToNext();
    return count;
  }

  #leave(socket: WebSocketConnection<C>, topic: string): void {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers?.delete(socket) && subscribers.size === 0) this.#subscribers.delete(topic);
  }
}
