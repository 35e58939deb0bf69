/** How a connection ended (RFC 6455 section 7.1). */
export interface CloseInfo {
  /** The status code received (RFC 6455 section 7.1.5): 1005 if the Close frame had none, 1006 if none came. */
  readonly code: number;
  readonly reason: string;
  /** Whether both Close frames were exchanged (section 7.1.4). */
  readonly clean: boolean;
  /** The status of the Close frame that we sent, if we did. */
  readonly sent: { readonly code: number; readonly reason: string } | undefined;
  /** Why the connection was lost: a fault of the peer, a deadline, the transport's error. */
  readonly error: Error | undefined;
}
