/**
 * What connection uses beyond ECMAScript, and every supported runtime has: the compiler knows no other global here.
 * Only the parts that are used. Never imported, so that programs that have the full types do not see these.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare class URL {
  constructor(url: string, base?: string);
  readonly href: string;
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}
interface ReadableStream<T = unknown> extends AsyncIterable<T> {
  readonly locked: boolean;
}
