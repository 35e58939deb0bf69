import type { ConformanceCase } from "../case.ts";
import { deflateAnswerCases } from "./deflate-answers.ts";
import { deflateBombCases } from "./deflate-bombs.ts";
import { deflateBulkCases } from "./deflate-bulk.ts";
import { deflateFaultCases } from "./deflate-faults.ts";
import { deflateMessageCases } from "./deflate-messages.ts";
import { deflateOfferCases } from "./deflate-offers.ts";
import { deflateWindowCases } from "./deflate-windows.ts";

/** permessage-deflate (RFC 7692), servers and clients. */
export const deflateCases: readonly ConformanceCase[] = [
  ...deflateOfferCases,
  ...deflateAnswerCases,
  ...deflateMessageCases,
  ...deflateFaultCases,
  ...deflateWindowCases,
  ...deflateBombCases,
  ...deflateBulkCases,
];
