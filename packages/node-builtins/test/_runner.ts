/** What the suites need of a test runner; `node:test` and vitest both have it. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => void): unknown;
}
