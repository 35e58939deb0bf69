import type { ConformanceCase } from "../case.ts";
import { binary, text } from "../wire/frame.ts";
import { echoes } from "./script.ts";

/** Framing (RFC 6455 5.2): lengths in their three forms. */
export const framingCases: readonly ConformanceCase[] = [
  ...echoes({ id: "FR-1.1", title: "Empty text message", section: "RFC 6455 5.2", send: [text("")] }),
  ...echoes({ id: "FR-1.2", title: "Empty binary message", section: "RFC 6455 5.2", send: [binary("")] }),
];
