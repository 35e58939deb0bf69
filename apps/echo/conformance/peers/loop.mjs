/** Cases at a time: as many as our own clients run. */
const CONCURRENCY = 16;

/**
 * Runs all cases of the suite at `base`, some at a time, and asks for the report.
 *
 * @param {string} base
 * @param {(url: string) => Promise<void>} echo connects and echoes; resolves however the connection ended
 * @param {(url: string) => Promise<string>} ask connects and gives the first message
 */
export async function runCases(base, echo, ask) {
  const count = Number(await ask(`${base}/getCaseCount`));
  let next = 1;
  const worker = async () => {
    while (next <= count) {
      const number = next;
      next += 1;
      await echo(`${base}/runCase?case=${number}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  await echo(`${base}/updateReports`);
}
