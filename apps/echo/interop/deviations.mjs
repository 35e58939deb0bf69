/**
 * Where a peer is known to fail, and why; never one of ours. A failure that is not here is red, and so is a pass that is.
 *
 * @type {readonly { readonly client: string, readonly case: string, readonly why: string }[]}
 */
export const deviations = [
  {
    client: "undici",
    case: "text after U+FEFF",
    why: "undici 7 decodes messages with a TextDecoder that takes a leading U+FEFF for a byte order mark and drops it",
  },
];
