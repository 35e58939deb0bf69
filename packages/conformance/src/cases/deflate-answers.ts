import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { closeNormally, expectAll, textMessage } from "../expectations.ts";
import { type DeflateParameters, directionsOf, formatParameters } from "../wire/deflate-parameters.ts";
import { MessageDeflater, MessageInflater } from "../wire/message-deflate.ts";
import { expectGivenUp, shapeAnswer } from "./answer-script.ts";
import { compressedText, offersOf } from "./deflate-session.ts";
import { json } from "./pattern.ts";

const PMD = "permessage-deflate";

interface Row {
  readonly id: string;
  readonly title: string;
  readonly answer: string | readonly string[];
  /** Why the case makes no sense for what the client offered. */
  readonly unless?: (offer: DeflateParameters) => string | undefined;
}

const bad: readonly Row[] = [
  ...["7", "16", "20", "1000", "0", "08", "+9", "9.0", '""', "abc"].map(
    (value, index): Row => ({
      id: `DF-1.${index + 1}`,
      title: `server_max_window_bits=${value}`,
      answer: `${PMD}; server_max_window_bits=${value}`,
    }),
  ),
  { id: "DF-1.20", title: "server_max_window_bits without a value", answer: `${PMD}; server_max_window_bits` },
  {
    id: "DF-2.1",
    title: "client_max_window_bits though it was not offered",
    answer: `${PMD}; client_max_window_bits=10`,
    unless: (offer) => (offer.clientBits === undefined ? undefined : "the client offers client_max_window_bits"),
  },
  { id: "DF-2.2", title: "client_max_window_bits without a value", answer: `${PMD}; client_max_window_bits` },
  { id: "DF-2.3", title: "client_max_window_bits=7", answer: `${PMD}; client_max_window_bits=7` },
  { id: "DF-2.4", title: "client_max_window_bits=16", answer: `${PMD}; client_max_window_bits=16` },
  { id: "DF-3.1", title: "an unknown parameter", answer: `${PMD}; unknown_parameter` },
  { id: "DF-3.2", title: "an unknown parameter with a value", answer: `${PMD}; x=1` },
  {
    id: "DF-3.3",
    title: "a parameter twice",
    answer: `${PMD}; server_no_context_takeover; server_no_context_takeover`,
  },
  { id: "DF-3.4", title: "window bits twice", answer: `${PMD}; server_max_window_bits=10; server_max_window_bits=11` },
  { id: "DF-3.5", title: "server_no_context_takeover=true", answer: `${PMD}; server_no_context_takeover=true` },
  { id: "DF-3.6", title: "client_no_context_takeover=1", answer: `${PMD}; client_no_context_takeover=1` },
  { id: "DF-3.7", title: "toString as a parameter", answer: `${PMD}; toString` },
  { id: "DF-4.1", title: "permessage-deflate twice", answer: `${PMD}, ${PMD}` },
  { id: "DF-4.2", title: "permessage-deflate in two field lines", answer: [PMD, PMD] },
  { id: "DF-4.3", title: "another extension beside it", answer: `${PMD}, x-not-offered` },
  {
    id: "DF-5.1",
    title: "no server_no_context_takeover though it was asked for",
    answer: PMD,
    unless: (offer) => (offer.serverNoTakeover ? undefined : "the client does not ask for server_no_context_takeover"),
  },
  {
    id: "DF-5.2",
    title: "no server_max_window_bits though it was asked for",
    answer: PMD,
    unless: (offer) =>
      offer.serverBits === undefined ? "the client does not ask for server_max_window_bits" : undefined,
  },
];

/** Parameters that a server may put into its answer whatever the offer says of them. */
const good: readonly (readonly [id: string, title: string, wanted: Partial<DeflateParameters>, quoted?: boolean])[] = [
  ["DF-42.1", "no parameter", {}],
  ["DF-42.2", "server_no_context_takeover", { serverNoTakeover: true }],
  ["DF-42.3", "client_no_context_takeover", { clientNoTakeover: true }],
  ["DF-42.4", "server_max_window_bits=9", { serverBits: 9 }],
  ["DF-42.5", 'server_max_window_bits="9" in quotes', { serverBits: 9 }, true],
  ["DF-42.6", "client_max_window_bits=9, if that was offered", { clientBits: 9 }],
  ["DF-42.7", "client_max_window_bits=15, if that was offered", { clientBits: 15 }],
  [
    "DF-42.8",
    "both no_context_takeover and server_max_window_bits=12",
    { serverNoTakeover: true, clientNoTakeover: true, serverBits: 12 },
  ],
];

function offerOf(context: CaseContext, offers: readonly DeflateParameters[]): DeflateParameters {
  const [offer] = offers;
  return offer ?? context.skip("the client does not offer permessage-deflate");
}

async function runBad(context: CaseContext, { answer, unless }: Row): Promise<void> {
  const peer = await context.connect();
  const reason = unless?.(offerOf(context, offersOf(peer.request)));
  if (reason !== undefined) context.skip(reason);
  await peer.sendHead(shapeAnswer(peer, { edits: { "Sec-WebSocket-Extensions": answer } }));
  await expectGivenUp(peer);
}

async function runGood(context: CaseContext, wanted: Partial<DeflateParameters>, quoted: boolean): Promise<void> {
  const peer = await context.connect();
  const offer = offerOf(context, offersOf(peer.request));
  if (wanted.clientBits !== undefined && offer.clientBits === undefined) {
    context.skip("the client does not offer client_max_window_bits");
  }
  const answer = { serverNoTakeover: false, clientNoTakeover: false, serverBits: offer.serverBits, ...wanted };
  const agreed: DeflateParameters = {
    ...answer,
    serverNoTakeover: answer.serverNoTakeover || offer.serverNoTakeover,
    clientBits: wanted.clientBits,
  };
  const field = formatParameters(agreed);
  const extensions = quoted ? field.replace(/=(\d+)/g, '="$1"') : field;
  await peer.sendHead(shapeAnswer(peer, { choose: { extensions } }));
  const { server, client } = directionsOf(agreed);
  peer.codec = new MessageInflater(client);
  const deflater = new MessageDeflater(server);
  for (const size of [10, 2_000, 2_000, 40_000]) {
    await peer.send(...compressedText(deflater.encode(json(size))));
    await expectAll(peer, textMessage(json(size)));
  }
  await closeNormally(peer);
}

/** Answers to a client's offer of permessage-deflate (RFC 7692 5.1 and 7.1). */
export const deflateAnswerCases: readonly ConformanceCase[] = [
  ...bad.flatMap((row) =>
    defineCase({
      id: row.id,
      title: `Answer: ${row.title}`,
      section: "RFC 7692 5.1 and 7.1",
      roles: ["client"],
      needs: { compression: true },
      input: `A 101 with Sec-WebSocket-Extensions: ${[row.answer].flat().join(" | ")}`,
      expectation: "The client fails the connection: it sends no frame and closes TCP.",
      run: (context) => runBad(context, row),
    }),
  ),
  ...good.flatMap(([id, title, wanted, quoted]) =>
    defineCase({
      id,
      title: `Answer: ${title}`,
      section: "RFC 7692 7.1",
      roles: ["client"],
      needs: { compression: true },
      input: `A 101 that agrees to permessage-deflate with ${title}; compressed messages.`,
      expectation: "The connection is open, and compressed messages go both ways within what was agreed.",
      run: (context) => runGood(context, wanted, quoted === true),
    }),
  ),
];
