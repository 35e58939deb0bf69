import type { ConformanceCase } from "../case.ts";
import { closeCases } from "./close-cases.ts";
import { controlCases } from "./control-cases.ts";
import { deflateCases } from "./deflate-cases.ts";
import { fragmentationCases } from "./fragmentation-cases.ts";
import { framingCases } from "./framing-cases.ts";
import { handshakeCases } from "./handshake-cases.ts";
import { lastWordsCases } from "./last-words.ts";
import { lengthLimitCases } from "./length-limit-cases.ts";
import { lifecycleCases } from "./lifecycle-cases.ts";
import { maskingCases } from "./masking-cases.ts";
import { reservedCases } from "./reserved-cases.ts";
import { resourceCases } from "./resource-cases.ts";
import { utf8Cases } from "./utf8-cases.ts";

/** Every case of the suite, in the order of reports. */
export const ALL_CASES: readonly ConformanceCase[] = [
  ...handshakeCases,
  ...framingCases,
  ...lengthLimitCases,
  ...reservedCases,
  ...maskingCases,
  ...fragmentationCases,
  ...controlCases,
  ...closeCases,
  ...utf8Cases,
  ...deflateCases,
  ...resourceCases,
  ...lifecycleCases,
  ...lastWordsCases,
];
