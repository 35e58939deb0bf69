import type { ConformanceCase } from "../case.ts";
import { answerCheckCases } from "./answer-checks.ts";
import { answerListCases } from "./answer-lists.ts";
import { answerRefusalCases } from "./answer-refusals.ts";
import { answerStreamCases } from "./answer-stream.ts";
import { clientRequestCases } from "./client-request.ts";
import { handshakeLifecycleCases } from "./handshake-lifecycle.ts";
import { acceptedRequestCases } from "./request-accepted.ts";
import { requestLimitCases } from "./request-limits.ts";
import { requestListCases, requestSyntaxCases } from "./request-lists.ts";
import { requestOriginCases } from "./request-policy.ts";
import { refusedRequestCases } from "./request-refused.ts";
import { requestStreamCases } from "./request-stream.ts";
import { responseCases } from "./response-checks.ts";

/** The opening handshake (RFC 6455 section 4), servers and clients. */
export const handshakeCases: readonly ConformanceCase[] = [
  ...acceptedRequestCases,
  ...refusedRequestCases,
  ...requestListCases,
  ...requestSyntaxCases,
  ...requestOriginCases,
  ...responseCases,
  ...requestStreamCases,
  ...requestLimitCases,
  ...clientRequestCases,
  ...answerCheckCases,
  ...answerListCases,
  ...answerRefusalCases,
  ...answerStreamCases,
  ...handshakeLifecycleCases,
];
