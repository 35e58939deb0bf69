/**
 * Cases in which a runtime may fall short, each with the reason above it. A case that is listed here and passes is as red as one
 * that fails and is not listed.
 *
 * @type {readonly { runtime: string, role: "server" | "client", id: string }[]}
 */
export const DEVIATIONS = [];
