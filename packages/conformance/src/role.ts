/** Which end of a connection is tested. */
export type Role = "server" | "client";

/** Both roles. */
export const ROLES: readonly Role[] = ["server", "client"];

/** `core` runs in under a minute; `thorough` adds large messages, long waits and exhaustive sets. */
export type Group = "core" | "thorough";
