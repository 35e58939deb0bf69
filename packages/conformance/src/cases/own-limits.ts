import type { CaseContext } from "../case.ts";
import { UnexpectedClose } from "../case-failure.ts";

/**
 * Runs the part of a case that an endpoint may refuse for a limit of its own (RFC 6455 10.4), such as on the number of fragments. A
 * testee that closes the connection meanwhile is `non-strict`. Gives false then: there is nothing more to ask.
 */
export async function withinOwnLimits(context: CaseContext, action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof UnexpectedClose)) throw error;
    context.nonStrict(`a limit of the testee ended the connection: ${error.message}`);
    return false;
  }
}
