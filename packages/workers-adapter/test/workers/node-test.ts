/** What the contract suite needs of `node:test`, which workerd does not have: a list of tests, to be run one by one. */
export interface CollectedTest {
  readonly name: string;
  readonly timeout: number;
  readonly run: () => Promise<void>;
}

export interface TestResult {
  readonly name: string;
  readonly error: string | undefined;
  readonly milliseconds: number;
}

export const tests: CollectedTest[] = [];

export function describe(_name: string, define: () => void): void {
  define();
}

export function test(name: string, options: { readonly timeout: number }, run: () => Promise<void>): void {
  tests.push({ name, timeout: options.timeout, run });
}
