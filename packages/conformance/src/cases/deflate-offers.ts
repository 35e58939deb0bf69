import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { closeNormally, expectAll, textMessage } from "../expectations.ts";
import { checkUpgrade } from "../opening.ts";
import { freshKey } from "../wire/accept-key.ts";
import { type DeflateParameters, directionsOf, parseExtensions, readParameters } from "../wire/deflate-parameters.ts";
import { fieldValues, statusOf } from "../wire/http-head.ts";
import { MessageDeflater, MessageInflater } from "../wire/message-deflate.ts";
import { compressedText, readAnswer } from "./deflate-session.ts";
import { json } from "./pattern.ts";
import { shapeRequest } from "./request-script.ts";

interface Row {
  readonly id: string;
  readonly title: string;
  /** One field line, or several. */
  readonly offer: string | readonly string[];
  /** `take`: a server with compression should agree; `may`: it may; `decline`: it must not. */
  readonly outcome: "take" | "may" | "decline";
}

const PMD = "permessage-deflate";

const rows: readonly Row[] = [
  { id: "DF-40.1", title: "No parameter", offer: PMD, outcome: "take" },
  {
    id: "DF-40.2",
    title: "client_max_window_bits without a value",
    offer: `${PMD}; client_max_window_bits`,
    outcome: "take",
  },
  { id: "DF-40.3", title: "client_max_window_bits=10", offer: `${PMD}; client_max_window_bits=10`, outcome: "take" },
  { id: "DF-40.4", title: "server_no_context_takeover", offer: `${PMD}; server_no_context_takeover`, outcome: "take" },
  { id: "DF-40.5", title: "client_no_context_takeover", offer: `${PMD}; client_no_context_takeover`, outcome: "take" },
  { id: "DF-40.6", title: "server_max_window_bits=10", offer: `${PMD}; server_max_window_bits=10`, outcome: "may" },
  {
    id: "DF-40.7",
    title: "A value in quotes",
    offer: `${PMD}; server_max_window_bits="12"; client_max_window_bits="11"`,
    outcome: "may",
  },
  {
    id: "DF-40.8",
    title: "All four parameters, in any order and spacing",
    offer: `${PMD};client_max_window_bits=14 ;\tserver_max_window_bits=13;server_no_context_takeover; client_no_context_takeover`,
    outcome: "may",
  },
  { id: "DF-40.9", title: "Between extensions that nobody knows", offer: `x-one; a=1, ${PMD}, x-two`, outcome: "take" },
  { id: "DF-40.10", title: "In the second of two field lines", offer: ["x-one; a=1", PMD], outcome: "take" },
  {
    id: "DF-40.11",
    title: "Two offers, the first with the smallest windows",
    offer: `${PMD}; server_max_window_bits=8; client_max_window_bits=8, ${PMD}`,
    outcome: "take",
  },
  {
    id: "DF-40.12",
    title: "Three offers in order of preference",
    offer: `${PMD}; server_no_context_takeover; client_max_window_bits, ${PMD}; client_max_window_bits, ${PMD}`,
    outcome: "take",
  },
  {
    id: "DF-7.1",
    title: "A bad offer first, a good one second",
    offer: `${PMD}; unknown_parameter, ${PMD}`,
    outcome: "take",
  },
  {
    id: "DF-7.2",
    title: "Two bad offers first, a good one last",
    offer: [`${PMD}; server_max_window_bits=77`, `${PMD}; client_max_window_bits=0, ${PMD}`],
    outcome: "take",
  },
  ...(
    [
      ["an unknown parameter", "unknown_parameter"],
      ["an unknown parameter with a value", "x=1"],
      ["server_max_window_bits without a value", "server_max_window_bits"],
      ["server_max_window_bits=7", "server_max_window_bits=7"],
      ["server_max_window_bits=16", "server_max_window_bits=16"],
      ["server_max_window_bits=0", "server_max_window_bits=0"],
      ["server_max_window_bits=08", "server_max_window_bits=08"],
      ["server_max_window_bits=+9", "server_max_window_bits=+9"],
      ["server_max_window_bits=9.0", "server_max_window_bits=9.0"],
      ["server_max_window_bits=abc", "server_max_window_bits=abc"],
      ["client_max_window_bits=7", "client_max_window_bits=7"],
      ["client_max_window_bits=16", "client_max_window_bits=16"],
      ["client_max_window_bits=015", "client_max_window_bits=015"],
      ["server_no_context_takeover with a value", "server_no_context_takeover=true"],
      ["client_no_context_takeover with a value", "client_no_context_takeover=1"],
      ["a parameter twice", "server_no_context_takeover; server_no_context_takeover"],
      ["window bits twice", "client_max_window_bits=10; client_max_window_bits=10"],
      ["window bits twice, differently", "client_max_window_bits; client_max_window_bits=10"],
    ] as const
  ).map(([title, parameter], index): Row => {
    return { id: `DF-41.${index + 1}`, title: `Bad: ${title}`, offer: `${PMD}; ${parameter}`, outcome: "decline" };
  }),
];

const EXPECTATIONS = {
  take: "Agreed to, with an answer that fits an offer; compressed messages go both ways.",
  may: "Agreed to, with an answer that fits the offer, or declined.",
  decline:
    "Declined: the 101 has no permessage-deflate. To refuse the handshake altogether is not what declining means.",
} as const;

/** The offers in `lines` that RFC 7692 allows. */
function goodOffers(lines: readonly string[]): DeflateParameters[] {
  return parseExtensions(lines.join(", "))
    .filter(({ name }) => name === PMD)
    .map((element) => readParameters(element, "offer"))
    .filter((offer) => typeof offer !== "string");
}

async function runOffer(context: CaseContext, { offer, outcome }: Row): Promise<void> {
  const lines = [offer].flat();
  const peer = await context.connect();
  const key = freshKey();
  await peer.sendHead(shapeRequest(peer, key, { edits: { "Sec-WebSocket-Extensions": lines } }), context.delivery);
  const head = await peer.readHead();
  if (head === undefined) throw new CaseFailure("the server closed without a response");
  if (statusOf(head) !== 101) {
    if (outcome !== "decline") throw new CaseFailure(`the server answers a good offer with "${head.startLine}"`);
    return context.nonStrict(`the server refuses the handshake with "${head.startLine}", in place of the offer`);
  }
  checkUpgrade(head, key);
  if (outcome === "decline" && fieldValues(head, "sec-websocket-extensions").length > 0) {
    const value = fieldValues(head, "sec-websocket-extensions").join(", ");
    throw new CaseFailure(`the server agrees to an offer that it has to decline, with "${value}" (RFC 7692 7.1)`);
  }
  const answer = readAnswer(head, goodOffers(lines));
  if (answer === undefined) {
    if (outcome === "take") context.nonStrict("the server declines an offer that it should be able to honour");
    if (outcome === "may") context.inform("the server declines the offer");
    await peer.send({ opcode: 1, payload: json(100) });
    await expectAll(peer, textMessage(json(100)));
    return closeNormally(peer);
  }
  const { server, client } = directionsOf(answer);
  peer.codec = new MessageInflater(server);
  const deflater = new MessageDeflater(client);
  for (const size of [10, 2_000, 2_000, 40_000]) {
    await peer.send(...compressedText(deflater.encode(json(size))));
    await expectAll(peer, textMessage(json(size)));
  }
  await closeNormally(peer);
}

/** Offers of permessage-deflate to a server (RFC 7692 5 and 7.1). */
export const deflateOfferCases: readonly ConformanceCase[] = rows.flatMap((row) =>
  defineCase({
    id: row.id,
    title: `Offer: ${row.title}`,
    section: "RFC 7692 5.1 and 7.1",
    roles: ["server"],
    needs: row.outcome === "decline" ? {} : { compression: true },
    input: `Sec-WebSocket-Extensions: ${[row.offer].flat().join(" | ")}`,
    expectation: EXPECTATIONS[row.outcome],
    run: (context) => runOffer(context, row),
  }),
);
