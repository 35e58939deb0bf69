import type { ConformanceCase } from "../case.ts";
import { framingCases } from "./framing-cases.ts";

/** Every case of the suite, in the order of reports. */
export const ALL_CASES: readonly ConformanceCase[] = [...framingCases];
