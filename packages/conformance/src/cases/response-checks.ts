import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { closeNormally, expectAll, textMessage } from "../expectations.ts";
import { requireUpgrade } from "../opening.ts";
import type { Peer } from "../peer.ts";
import { freshKey } from "../wire/accept-key.ts";
import { text } from "../wire/frame.ts";
import { fieldValues, type HttpHead, statusOf } from "../wire/http-head.ts";
import { expectRefused, expectStillServing, type RequestShape, shapeRequest } from "./request-script.ts";

/** Sends a good request of that shape and gives the good 101. */
async function accepted(
  context: CaseContext,
  shape: RequestShape,
  key: string = freshKey(),
): Promise<[Peer, HttpHead]> {
  const peer = await context.connect();
  await peer.sendHead(shapeRequest(peer, key, shape), context.delivery);
  await requireUpgrade(peer, key);
  return [peer, peer.response as HttpHead];
}

async function echoOnce(peer: Peer): Promise<void> {
  await peer.send(text("works"));
  await expectAll(peer, textMessage("works"));
  await closeNormally(peer);
}

function requireAbsent(head: HttpHead, name: string, why: string): void {
  const values = fieldValues(head, name);
  if (values.length > 0) throw new CaseFailure(`the 101 has ${name}: ${values.join(", ")}, ${why}`);
}

/** The subprotocols in a 101, which has at most one line of one of those that were offered (RFC 6455 4.1 and 11.3.4). */
function checkChoice(head: HttpHead, offered: readonly string[]): string | undefined {
  const values = fieldValues(head, "sec-websocket-protocol");
  if (values.length > 1) throw new CaseFailure("the 101 has two Sec-WebSocket-Protocol lines (RFC 6455 11.3.4)");
  const [value] = values;
  if (value !== undefined && !offered.includes(value)) {
    throw new CaseFailure(`the 101 chooses the subprotocol "${value}", which was not offered (RFC 6455 4.2.2)`);
  }
  return value;
}

const keyCases = [
  ["SH-12.1", "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "RFC 6455 1.3"],
  ["SH-12.2", "AAAAAAAAAAAAAAAAAAAAAA==", "ICX+Yqv66kxgM0FcWaLWlFLwTAI=", "RFC 6455 4.2.2 (5.4)"],
  ["SH-12.3", "/////////////////////w==", "XXpj4jYzLM2yUE0C7TIgMwTQh2g=", "RFC 6455 4.2.2 (5.4)"],
  ["SH-12.4", "+/+/+/+/+/+/+/+/+/+/+w==", "M0DUs3om0SqzerhOhYSMM7WQuBQ=", "RFC 6455 4.2.2 (5.4)"],
] as const;

/** What a good 101 holds and does not hold (RFC 6455 4.2.2). */
export const responseCases: readonly ConformanceCase[] = [
  ...keyCases.flatMap(([id, key, expected, section]) =>
    defineCase({
      id,
      title: `Accept for the key ${key}`,
      section,
      roles: ["server"],
      deliveries: ["whole", "bytes", "splits"],
      input: `\`Sec-WebSocket-Key: ${key}\`.`,
      expectation: `\`Sec-WebSocket-Accept: ${expected}\`.`,
      async run(context) {
        const [peer, head] = await accepted(context, { edits: { "Sec-WebSocket-Key": key } }, key);
        const [value] = fieldValues(head, "sec-websocket-accept");
        if (value !== expected) throw new CaseFailure(`Sec-WebSocket-Accept is ${value}`);
        await echoOnce(peer);
      },
    }),
  ),
  ...defineCase({
    id: "SH-12.5",
    title: "Two handshakes, two keys",
    section: "RFC 6455 4.2.2 (5.4)",
    roles: ["server"],
    input: "Two connections with a fresh key each, the second opened while the first is.",
    expectation: "Each gets the accept value of its own key.",
    async run(context) {
      const [first] = await accepted(context, {});
      const [second] = await accepted(context, {});
      await echoOnce(second);
      await echoOnce(first);
    },
  }),
  ...defineCase({
    id: "SH-12.6",
    title: "The 101 has no body",
    section: "RFC 9110 8.6; RFC 9112 6.1",
    roles: ["server"],
    input: "A good request.",
    expectation: "The 101 has neither Content-Length nor Transfer-Encoding, and nothing follows it unasked.",
    async run(context) {
      const [peer, head] = await accepted(context, {});
      requireAbsent(head, "Content-Length", "which a 1xx must not have (RFC 9110 8.6)");
      requireAbsent(head, "Transfer-Encoding", "which a 1xx must not have (RFC 9112 6.1)");
      const early = await peer.next(150);
      if (early !== undefined && early.type !== "message" && early.type !== "ping") {
        throw new CaseFailure(`a ${early.type} followed the 101`);
      }
      if (early !== undefined) context.inform(`a ${early.type} followed the 101 unasked`);
      await echoOnce(peer);
    },
  }),
  ...defineCase({
    id: "SH-18.1",
    title: "No subprotocol offered, none chosen",
    section: "RFC 6455 4.2.2 (5)",
    roles: ["server"],
    input: "A good request without Sec-WebSocket-Protocol.",
    expectation: "The 101 has no Sec-WebSocket-Protocol.",
    async run(context) {
      const [peer, head] = await accepted(context, {});
      requireAbsent(head, "Sec-WebSocket-Protocol", "though none was offered (RFC 6455 4.2.2)");
      await echoOnce(peer);
    },
  }),
  ...defineCase({
    id: "SH-18.2",
    title: "No extension offered, none agreed",
    section: "RFC 6455 9.1",
    roles: ["server"],
    input: "A good request without Sec-WebSocket-Extensions.",
    expectation: "The 101 has no Sec-WebSocket-Extensions.",
    async run(context) {
      const [peer, head] = await accepted(context, {});
      requireAbsent(head, "Sec-WebSocket-Extensions", "though none was offered (RFC 6455 9.1)");
      await echoOnce(peer);
    },
  }),
  ...defineCase({
    id: "SH-18.3",
    title: "Unknown subprotocols: none chosen, or one of them",
    section: "RFC 6455 4.2.2 (5)",
    roles: ["server"],
    input: "`Sec-WebSocket-Protocol: no.such.one, no.such.two` in two lines.",
    expectation: "The 101 has no Sec-WebSocket-Protocol, or one that was offered; a refusal is permitted.",
    async run(context) {
      const key = freshKey();
      const peer = await context.connect();
      const edits = { "Sec-WebSocket-Protocol": ["no.such.one", "no.such.two"] };
      await peer.sendHead(shapeRequest(peer, key, { edits }));
      const head = await peer.readHead();
      if (head === undefined) throw new CaseFailure("the server closed without a response");
      const status = statusOf(head);
      if (status !== 101) return context.inform(`the server answered ${head.startLine}`);
      const chosen = checkChoice(head, edits["Sec-WebSocket-Protocol"]);
      if (chosen !== undefined) context.inform(`the server chose ${chosen}`);
      await echoOnce(peer);
    },
  }),
  ...defineCase({
    id: "SH-18.4",
    title: "The subprotocol of the testee is chosen from a list",
    section: "RFC 6455 4.2.2 (5)",
    roles: ["server"],
    needs: { subprotocol: true },
    input: "The testee's subprotocol between two unknown ones, in two lines.",
    expectation: "The 101 has it, once, and nothing else.",
    async run(context) {
      const known = context.testee.subprotocol as string;
      const lines = [`no.such.one, ${known}`, "no.such.two"];
      const [peer, head] = await accepted(context, { edits: { "Sec-WebSocket-Protocol": lines } });
      const chosen = checkChoice(head, [known, "no.such.one", "no.such.two"]);
      if (chosen !== known) throw new CaseFailure(`the server chose ${chosen ?? "none"}, not ${known}`);
      await echoOnce(peer);
    },
  }),
  ...defineCase({
    id: "SH-18.5",
    title: "Subprotocols are compared with their case",
    section: "RFC 6455 4.2.2 (5)",
    roles: ["server"],
    needs: { subprotocol: true },
    input: "The testee's subprotocol with the case of its letters changed.",
    expectation: "It is not chosen in the case that was not offered.",
    async run(context) {
      const known = context.testee.subprotocol as string;
      const swapped = known === known.toLowerCase() ? known.toUpperCase() : known.toLowerCase();
      if (swapped === known) context.skip("the testee's subprotocol has no letters");
      const peer = await context.connect();
      const key = freshKey();
      await peer.sendHead(shapeRequest(peer, key, { edits: { "Sec-WebSocket-Protocol": swapped } }));
      const head = await peer.readHead();
      if (head !== undefined && statusOf(head) === 101) checkChoice(head, [swapped]);
    },
  }),
  ...["12", "14", "0"].flatMap((version, index) =>
    defineCase({
      id: `SH-13.${index + 30}`,
      title: `Version ${version}: the answer names the versions that are understood`,
      section: "RFC 6455 4.2.2 (4) and 4.4",
      roles: ["server"],
      input: `\`Sec-WebSocket-Version: ${version}\`.`,
      expectation: "An error status, best 426, with Sec-WebSocket-Version listing 13.",
      async run(context) {
        const peer = await context.connect();
        const edits = { "Sec-WebSocket-Version": version };
        await peer.sendHead(shapeRequest(peer, freshKey(), { edits }));
        const head = await expectRefused(peer);
        if (head === undefined) throw new CaseFailure("no response, so none that names a version (RFC 6455 4.4)");
        const versions = fieldValues(head, "sec-websocket-version")
          .join(",")
          .split(/[ \t]*,[ \t]*/);
        if (!versions.includes("13"))
          throw new CaseFailure("the response does not name version 13 (RFC 6455 4.2.2, 4.4)");
        await expectStillServing(context);
      },
    }),
  ),
  ...["7", "8"].flatMap((version, index) =>
    defineCase({
      id: `SH-15.${index + 10}`,
      title: `Version ${version}, that of a draft`,
      section: "RFC 6455 4.2.2 (4)",
      roles: ["server"],
      input: `A request that is good but for \`Sec-WebSocket-Version: ${version}\`.`,
      expectation: "Refused like any unknown version; a server may understand drafts beside 13.",
      async run(context) {
        const peer = await context.connect();
        await peer.sendHead(shapeRequest(peer, freshKey(), { edits: { "Sec-WebSocket-Version": version } }));
        const head = await peer.readHead();
        if (head === undefined) return context.nonStrict("the server closed without a response");
        if (statusOf(head) === 101) context.nonStrict(`the server speaks draft version ${version} too`);
        await expectStillServing(context);
      },
    }),
  ),
];
