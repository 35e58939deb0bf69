import type { MessageExtension, Outlet, ProtocolOptions } from "@samewire/codec";
import type { Environment } from "./environment.ts";
import type { ConnectionHandlers } from "./handlers.ts";
import type { Settings } from "./settings.ts";

/** Who keeps account of the open connections. */
export interface ConnectionBook<S> {
  /** The connection is over for the application: its `close` handler has been called. */
  onOver(engine: { readonly face: S }): void;
}

/** What all engines of a server, or a client's one, have in common. */
export interface EngineOptions<S> {
  readonly role: "server" | "client";
  readonly environment: Environment;
  readonly settings: Settings;
  readonly handlers: ConnectionHandlers<S>;
  /** Told once, when the connection is over for the application; a client has none. */
  readonly book: ConnectionBook<S> | undefined;
}

/** A connection as the application sees it, as far as its engine calls it. */
export interface Face {
  /** The peer has closed, or the connection is lost. */
  onLeft(): void;
}

/** What the protocol of one connection is made with. Pings and Close frames are answered in order with the messages. */
export function protocolOptions<S>(
  { role, environment, settings }: EngineOptions<S>,
  outlet: Outlet,
  extension: MessageExtension | undefined,
): ProtocolOptions {
  return {
    role,
    outlet,
    nextMaskKey: role === "client" ? environment.maskKeys.next : undefined,
    limits: settings,
    extension,
    autoPong: false,
    autoClose: false,
    decodeText: environment.runtime.decodeText,
    encodeTextInto: environment.runtime.encodeTextInto,
  };
}
