/** How a client under test shall find the suite, where it is not the usual way. */
export interface ConnectOptions {
  /** The client gets a `wss:` URL on a listener with this certificate (PEM). Needs a client that the suite starts. */
  readonly tls?: { readonly cert: string; readonly key: string };
}
