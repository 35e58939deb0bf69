/**
 * Waits until bytes written before have surely left, as far as that is in our hands: a few milliseconds, and then a whole turn of
 * the event loop, so that a late timer does not join two writes into one segment.
 */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await new Promise((resolve) => setImmediate(resolve));
}
