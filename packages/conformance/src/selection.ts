import type { ConformanceCase, Group, Needs, Role } from "./case.ts";
import type { Testee } from "./testee.ts";

/** Which of all cases a suite runs. */
export interface Selection {
  readonly role: Role;
  /** `thorough` includes `core`. */
  readonly group: Group;
  /** Globs over case ids (`FR-*`); none selects every id. */
  readonly ids: readonly string[];
}

/** A glob in which `*` stands for any characters and `?` for one. */
export function matchesGlob(glob: string, id: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${pattern}$`, "i").test(id);
}

/** The cases of a selection, in their order. */
export function selectCases(cases: readonly ConformanceCase[], selection: Selection): ConformanceCase[] {
  return cases.filter(
    ({ id, role, group }) =>
      role === selection.role &&
      (selection.group === "thorough" || group === "core") &&
      (selection.ids.length === 0 || selection.ids.some((glob) => matchesGlob(glob, id))),
  );
}

/** Why a testee cannot be asked for a case; `undefined` if it can. */
export function reasonToSkip(test: ConformanceCase, testee: Testee, launchesClients: boolean): string | undefined {
  for (const [glob, reason] of Object.entries(testee.skip)) if (matchesGlob(glob, test.id)) return reason;
  return unmetNeed(test.needs, testee, launchesClients);
}

function unmetNeed(needs: Needs, testee: Testee, launchesClients: boolean): string | undefined {
  if (needs.compression === true && !testee.compression) return "the testee does not support permessage-deflate";
  if ((needs.maxMessageSize ?? 0) > testee.maxMessageSize) {
    return `the testee accepts messages of ${testee.maxMessageSize} bytes, this needs ${needs.maxMessageSize}`;
  }
  if (needs.exactLimit === true && !testee.enforcesMaxMessageSize)
    return "the testee's exact message limit is not known";
  if (needs.subprotocol === true && testee.subprotocol === undefined) return "no subprotocol of the testee is known";
  if (needs.answersHttp === true && !testee.answersHttp) return "the testee does not answer plain HTTP requests";
  if (needs.closeTimeout === true && testee.deadlines.closeTimeout === 0)
    return "the testee's close timeout is not known";
  if (needs.handshakeTimeout === true && testee.deadlines.handshakeTimeout === 0) {
    return "the testee's handshake timeout is not known";
  }
  if (needs.maxHeadSize === true && testee.maxHeadSize === 0) return "the testee's limit on HTTP heads is not known";
  if (needs.launchedClient === true && !launchesClients) return "needs a client that the suite starts";
  return undefined;
}
