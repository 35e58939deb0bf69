import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { binaryMessage, closeNormally, expectAll, pongFor, textMessage } from "../expectations.ts";
import { pause } from "../pause.ts";
import { concatBytes, utf8 } from "../wire/bytes.ts";
import { binary, ping, text } from "../wire/frame.ts";
import { shapeAnswer } from "./answer-script.ts";
import { noise } from "./pattern.ts";

/** CH-14: a good 101 and a message in one stream of bytes, cut in two at `cut` bytes from the head's end. */
function cutAt(id: string, cut: number): ConformanceCase[] {
  return defineCase({
    id,
    title: `The 101 and a message, cut ${cut} bytes from the head's end`,
    section: "RFC 6455 4.1",
    roles: ["client"],
    input: `A good 101 and \`81 02 68 69\`, in two segments cut ${cut} bytes from the end of the head.`,
    expectation: "The message is echoed exactly once.",
    async run(context) {
      const peer = await context.connect();
      const head = shapeAnswer(peer, {});
      const all = concatBytes([head, peer.encode(text("hi"))]);
      await peer.sendBytes(all.subarray(0, head.length + cut), "whole");
      await pause(10);
      await peer.sendBytes(all.subarray(head.length + cut), "whole");
      await expectAll(peer, textMessage("hi"));
      await closeNormally(peer);
    },
  });
}

function framedBody(id: string, name: string, value: string): ConformanceCase[] {
  return defineCase({
    id,
    title: `A 101 with ${name}: ${value}`,
    section: "RFC 9112 6.3; RFC 9110 15.2.2",
    roles: ["client"],
    deliveries: ["whole", "splits"],
    input: `A good 101 with \`${name}: ${value}\`, a message right behind it.`,
    expectation: "The message is echoed whole: a 101 has no body. To fail the connection is permitted.",
    async run(context) {
      const peer = await context.connect();
      const head = shapeAnswer(peer, { edits: { [name]: value } });
      await peer.sendHead(concatBytes([head, peer.encode(text("hello"), ping("p"))]), context.delivery);
      if (await failedAtOnce(context, peer)) return context.inform("the client fails a 101 that announces a body");
      await expectAll(peer, textMessage("hello"), pongFor("p"));
      await closeNormally(peer);
    },
  });
}

/** CH-16: what comes before the end of the response's head goes on and on; a client must neither keep it nor read on. */
function endlessHead(
  id: string,
  title: string,
  input: string,
  { opening, block }: { readonly opening: string; readonly block: string },
): ConformanceCase[] {
  return defineCase({
    id,
    title,
    section: "RFC 6455 4.1",
    roles: ["client"],
    timeout: 60_000,
    input,
    expectation: "The client gives up, or stops reading, long before 32 MiB.",
    async run(context) {
      const peer = await context.connect();
      await peer.sendBytes(utf8(opening), "whole");
      const bytes = utf8(block);
      let taken = 0;
      while (taken < 32 << 20 && peer.transport.peerEnd === undefined) {
        const written = peer.sendBytes(bytes, "whole").then(() => true);
        if (!(await Promise.race([written, pause(2_000).then(() => false)]))) break;
        taken += bytes.length;
      }
      context.log.event(`${(taken / (1 << 20)).toFixed(1)} MiB were taken`);
      if (taken >= 32 << 20) context.nonStrict("the client took 32 MiB of a head");
    },
  });
}

/** Whether the client closed before it sent anything. */
async function failedAtOnce(context: CaseContext, peer: Awaited<ReturnType<CaseContext["connect"]>>): Promise<boolean> {
  if (peer.transport.available === 0 && peer.transport.peerEnd === undefined) {
    await peer.transport.arrival(context.testee.deadlines.answer);
  }
  return peer.transport.available === 0 && peer.transport.peerEnd !== undefined;
}

/** Where in the stream the head ends and frames begin, seen from a client. */
export const answerStreamCases: readonly ConformanceCase[] = [
  ...[-60, -4, -3, -2, -1, 0, 1, 2, 3].flatMap((cut, index) => cutAt(`CH-14.${index + 1}`, cut)),
  ...defineCase({
    id: "CH-14.20",
    title: "The 101, a Ping and two messages in one stream",
    section: "RFC 6455 4.1",
    roles: ["client"],
    deliveries: ["whole", "bytes", "splits"],
    input: "A good 101 with `89 01 70`, `81 02 68 69` and a binary message of 300 bytes right behind it.",
    expectation: "The Ping is answered and both messages are echoed, once and in order.",
    async run(context) {
      const peer = await context.connect();
      const frames = peer.encode(ping("p"), text("hi"), binary(noise(300)));
      await peer.sendHead(concatBytes([shapeAnswer(peer, {}), frames]), context.delivery);
      await expectAll(peer, pongFor("p"), textMessage("hi"), binaryMessage(noise(300)));
      await closeNormally(peer);
    },
  }),
  ...defineCase({
    id: "CH-15.1",
    title: "16 MiB of messages right behind the 101",
    section: "RFC 6455 4.1",
    roles: ["client"],
    needs: { maxMessageSize: 65_536 },
    timeout: 60_000,
    input: "A good 101 and 256 binary messages of 64 KiB in one burst.",
    expectation: "All are echoed: a limit on the head counts the head's bytes only.",
    async run(context) {
      const peer = await context.connect();
      const payload = noise(65_536);
      const messages = Array.from({ length: 256 }, () => binary(payload));
      const sending = peer.sendBytes(concatBytes([shapeAnswer(peer, {}), peer.encode(...messages)]), "whole");
      await expectAll(peer, ...messages.map(() => binaryMessage(payload)));
      await sending;
      await closeNormally(peer);
    },
  }),
  ...framedBody("CH-13.1", "Content-Length", "5"),
  ...framedBody("CH-13.2", "Transfer-Encoding", "chunked"),
  ...endlessHead("CH-16.1", "A head of 32 MiB", "A 101 whose last field has 32 MiB and does not end.", {
    opening: "HTTP/1.1 101 Switching Protocols\r\nX-Long: ",
    block: "a".repeat(65_536),
  }),
  ...["CH-16.2", "CH-19.1"].flatMap((id, index) =>
    defineCase({
      id,
      title: index === 0 ? "A head at one byte a second" : "No answer at all",
      section: "RFC 6455 4.1",
      roles: ["client"],
      needs: { handshakeTimeout: true },
      timeout: 60_000,
      input: index === 0 ? "A good 101, one byte a second." : "Nothing in answer to the request.",
      expectation: "The client gives up after its handshake timeout.",
      async run(context) {
        const peer = await context.connect();
        const head = shapeAnswer(peer, {});
        let sent = 0;
        const drip = setInterval(() => void peer.transport.write(head.subarray(sent, ++sent)), 1_000);
        if (index === 1) clearInterval(drip);
        const { handshakeTimeout, close } = context.testee.deadlines;
        const end = await peer.waitForEnd(handshakeTimeout + close).finally(() => clearInterval(drip));
        if (end === undefined) throw new CaseFailure(`still waiting after ${handshakeTimeout + close} ms`);
      },
    }),
  ),
  ...endlessHead("CH-16.3", "Interim responses of 32 MiB", "103 after 103, 32 MiB of them, and no other response.", {
    opening: "",
    block: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(1_638),
  }),
];
