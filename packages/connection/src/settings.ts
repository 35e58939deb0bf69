/** The options of a connection with every default filled in, checked once per server or client. */
import { checkCompression, checkOption } from "./check-option.ts";
import type { ConnectionOptions } from "./options.ts";

/** Options with no default left to take; units and reasons stand at {@link ConnectionOptions}. */
export type Settings = { readonly [Name in keyof ConnectionOptions]-?: Exclude<ConnectionOptions[Name], undefined> };

/** Every limit and deadline of a connection. Sizes are bytes, times are milliseconds. */
export const DEFAULT_SETTINGS: Settings = {
  maxMessageSize: 1024 * 1024,
  maxStreamSize: Number.MAX_SAFE_INTEGER,
  maxHeadSize: 16 * 1024,
  maxHeaders: 100,
  handshakeTimeout: 10_000,
  closeTimeout: 10_000,
  pingInterval: 0,
  pongTimeout: 20_000,
  idleTimeout: 0,
  maxLifetime: 0,
  highWaterMark: 64 * 1024,
  lowWaterMark: 16 * 1024,
  maxBufferedAmount: 16 * 1024 * 1024,
  overflow: "close",
  receiveHighWaterMark: 64 * 1024,
  autoPong: true,
  compression: false,
};

/** @throws UsageError on a value of the wrong type, or a number that is negative */
export function resolveSettings(options: ConnectionOptions): Settings {
  checkOption(typeof options === "object" && options !== null, "options are an object", options);
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const [name, fallback] of Object.entries(DEFAULT_SETTINGS)) {
    const value: unknown = (options as Record<string, unknown>)[name];
    if (value === undefined) continue;
    const valid = typeof fallback !== "number" || (typeof value === "number" && value >= 0);
    checkOption(valid, `${name} is a number from 0 on`, value);
    settings[name] = value;
  }
  const { autoPong, compression, overflow, lowWaterMark, highWaterMark, maxBufferedAmount } = settings;
  checkCompression(compression);
  checkOption(typeof autoPong === "boolean", "autoPong is true or false", autoPong);
  checkOption(overflow === "close" || overflow === "drop", 'overflow is "close" or "drop"', overflow);
  // Whoever meets the cap must have met the marks: only beyond them somebody is told when there is room again.
  settings.highWaterMark = Math.min(highWaterMark as number, maxBufferedAmount as number);
  settings.lowWaterMark = Math.min(lowWaterMark as number, settings.highWaterMark as number);
  return settings as unknown as Settings;
}
