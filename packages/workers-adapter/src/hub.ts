import { DurableObject } from "cloudflare:workers";
import { type Bytes, type DrainReport, ServerCore, type ServerOptions } from "@samewire/connection";
import { accept } from "./sockets.ts";
import { workersRuntime } from "./workers-runtime.ts";

/** What other code may ask of a hub, through its stub. */
export interface HubCalls {
  /** Sends a message to all that subscribed to `topic`; returns to how many. */
  publish(topic: string, message: string | Bytes): number;
  /** How many connections are open. */
  connectionCount(): number;
  /** As `drain` of a server: 503 for new upgrades, 1001 to the others, then what is left is cut off. */
  drain(options?: { readonly deadline?: number | undefined }): Promise<DrainReport>;
}

/**
 * The Durable Object that all connections of a server live in: only within one may they share I/O, so that topics,
 * drain and deadlines reach every one of them.
 */
export abstract class Hub<C = undefined> extends DurableObject<unknown> implements HubCalls {
  /** @internal */
  readonly core: ServerCore<C>;

  constructor(state: DurableObjectState, env: unknown, options: ServerOptions<C>) {
    super(state, env);
    this.core = new ServerCore<C>(options, workersRuntime);
  }

  /** Takes a connection that the server's `connect` handler forwards. */
  override async connect(socket: Socket): Promise<void> {
    // `forward` passes the peer's address on as the one that it "dials": here it is the local one.
    const { localAddress } = await socket.opened;
    await accept(socket, localAddress, (port) => this.core.accept(port));
  }

  publish(topic: string, message: string | Bytes): number {
    return this.core.publish(topic, message);
  }

  connectionCount(): number {
    return this.core.connectionCount;
  }

  drain(options?: { readonly deadline?: number | undefined }): Promise<DrainReport> {
    return this.core.drain(options);
  }
}
