import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { freshKey } from "../wire/accept-key.ts";
import { utf8 } from "../wire/bytes.ts";
import { statusOf } from "../wire/http-head.ts";
import { expectStillServing, type FieldEdits, readAnswer, shapeRequest } from "./request-script.ts";

/** Rounds of which the fastest counts: what a busy machine adds is not the testee's. */
const ROUNDS = 5;
/** Twice the input may take this many times as long, which leaves room above linear and none for quadratic. */
const GROWTH = 2.5;
/** Differences in milliseconds below this are noise. */
const NOISE = 12;
/** A slope that is left of the fastest of so many measurements is no accident. */
const MEASUREMENTS = 5;

/** Milliseconds from the request's last byte to the first of the answer, the fastest of several rounds. */
async function fastest(context: CaseContext, edits: FieldEdits): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const peer = await context.connect();
    const head = shapeRequest(peer, freshKey(), { edits });
    const began = performance.now();
    await peer.sendBytes(head, "whole");
    while (peer.transport.available === 0 && peer.transport.peerEnd === undefined) {
      if (!(await peer.transport.arrival(context.testee.deadlines.answer))) {
        throw new CaseFailure(
          `no answer within ${context.testee.deadlines.answer} ms to a head of ${head.length} bytes`,
        );
      }
    }
    best = Math.min(best, performance.now() - began);
    peer.transport.dispose();
  }
  return best;
}

/** Requires that a field of twice the length costs at most 2.5 times as much. */
function growth(
  id: string,
  title: string,
  section: string,
  field: string,
  value: (length: number) => string,
): ConformanceCase[] {
  return defineCase({
    id,
    title,
    section,
    roles: ["server"],
    timeout: 60_000,
    input: `${field} values of 3,500 and 7,000 bytes, and of 30,000 and 60,000, repeatedly.`,
    expectation: "Whatever the answer is, twice the input takes at most 2.5 times as long.",
    async run(context) {
      for (const length of [3_500, 30_000]) {
        let slopes = "";
        let single = Infinity;
        let double = Infinity;
        for (let measurement = 1; measurement <= MEASUREMENTS; measurement += 1) {
          single = Math.min(single, await fastest(context, { [field]: value(length) }));
          double = Math.min(double, await fastest(context, { [field]: value(length * 2) }));
          slopes = `${length} bytes took ${single.toFixed(1)} ms, ${length * 2} took ${double.toFixed(1)} ms`;
          context.log.event(slopes);
          if (double <= GROWTH * single || double - single < NOISE) break;
          if (measurement === MEASUREMENTS) throw new CaseFailure(`the time grows faster than the input: ${slopes}`);
        }
      }
      await expectStillServing(context);
    },
  });
}

/** Sends a request with `count` fields before Upgrade and requires any answer. */
function manyFields(id: string, count: number): ConformanceCase[] {
  return defineCase({
    id,
    title: `${count.toLocaleString("en")} fields, Upgrade last`,
    section: "RFC 6585 5; CVE-2024-37890",
    roles: ["server"],
    input: `A good request with ${count} fields \`x-N: N\` before Upgrade.`,
    expectation: "Refused (431 or 400), accepted, or closed, and others are served; nothing crashes.",
    async run(context) {
      const peer = await context.connect();
      const filler = Array.from({ length: count }, (_, index) => `x-${index}: ${index}\r\n`).join("");
      const head = shapeRequest(peer, freshKey(), {
        rework: (good) =>
          good.replace("Upgrade: websocket\r\n", "").replace(/\r\n$/, `${filler}Upgrade: websocket\r\n\r\n`),
      });
      await peer.sendBytes(head, "whole");
      const answer = await readAnswer(peer);
      context.log.event(answer === undefined ? "closed without a response" : `answered ${answer.status}`);
      await expectStillServing(context);
    },
  });
}

/** Sends `size` bytes of one field that does not end; gives how many the server took before it answered or closed. */
async function sendEndlessField(
  context: CaseContext,
  size: number,
): Promise<{ taken: number; status: number | undefined }> {
  const peer = await context.connect();
  const block = utf8("a".repeat(65_536));
  await peer.sendBytes(
    utf8(`GET ${peer.target.resource} HTTP/1.1\r\nHost: ${peer.target.authority}\r\nX-Long: `),
    "whole",
  );
  let taken = 0;
  while (taken < size && peer.transport.peerEnd === undefined && peer.transport.available === 0) {
    // A server that has stopped reading leaves the write pending: that bounds it too.
    const written = peer.sendBytes(block, "whole").then(() => true);
    const stalled = peer.transport.arrival(2_000).then(() => false);
    if (!(await Promise.race([written, stalled]))) break;
    taken += block.length;
  }
  const head = peer.transport.available > 0 ? await readAnswer(peer) : undefined;
  peer.transport.dispose();
  return { taken, status: head?.status };
}

/** Limits on what an opening handshake may cost a server. Bounds on time are bounds on growth. */
export const requestLimitCases: readonly ConformanceCase[] = [
  ...manyFields("SH-20.1", 2_001),
  ...manyFields("SH-20.2", 10_000),
  ...defineCase({
    id: "SH-21.1",
    title: "A field of 20 MiB",
    section: "RFC 6585 5; CVE-2023-43669",
    roles: ["server"],
    timeout: 60_000,
    input: "A request whose last field has 20 MiB and does not end.",
    expectation: "The server refuses (431 or 400), closes, or stops reading long before 20 MiB.",
    async run(context) {
      const { taken, status } = await sendEndlessField(context, 20 << 20);
      const megabytes = (taken / (1 << 20)).toFixed(1);
      context.log.event(`answered ${status ?? "nothing"} after at most ${megabytes} MiB`);
      if (taken >= 20 << 20 && status === undefined)
        context.nonStrict("the server took 20 MiB of a head without an answer");
      await expectStillServing(context);
    },
  }),
  ...defineCase({
    id: "SH-21.2",
    title: "A head over the testee's limit",
    section: "RFC 6585 5",
    roles: ["server"],
    needs: { maxHeadSize: true },
    input: "A good request with a field that is as long as the limit on the whole head.",
    expectation: "Refused with 431 (or 400, 413); others are served.",
    async run(context) {
      const peer = await context.connect();
      const edits = { "X-Long": "a".repeat(context.testee.maxHeadSize) };
      await peer.sendBytes(shapeRequest(peer, freshKey(), { edits }), "whole");
      const answer = await readAnswer(peer);
      if (answer?.status === 101)
        throw new CaseFailure("accepted, although over the limit that the options file states");
      if (answer === undefined) context.nonStrict("the server closed without a response");
      else if (![431, 400, 413].includes(answer.status)) context.nonStrict(`the server answered ${answer.status}`);
      await expectStillServing(context);
    },
  }),
  ...defineCase({
    id: "SH-21.3",
    title: "A head just under the testee's limit",
    section: "RFC 6455 4.2.1",
    roles: ["server"],
    needs: { maxHeadSize: true },
    deliveries: ["whole", "bytes"],
    input: "A good request with a field that makes it 64 bytes shorter than the limit.",
    expectation: "Accepted, however its bytes are cut.",
    async run(context) {
      const peer = await context.connect();
      const key = freshKey();
      const bare = shapeRequest(peer, key, { edits: { "X-Long": "" } }).length;
      const edits = { "X-Long": "a".repeat(Math.max(0, context.testee.maxHeadSize - bare - 64)) };
      await peer.sendBytes(shapeRequest(peer, key, { edits }));
      const answer = await readAnswer(peer);
      if (answer === undefined || statusOf(answer.head) !== 101) {
        throw new CaseFailure(`the server answered ${answer?.status ?? "nothing"}`);
      }
    },
  }),
  ...growth(
    "SH-22.1",
    "A subprotocol list with a run of blanks",
    "CVE-2021-32640",
    "Sec-WebSocket-Protocol",
    (length) => {
      return `a${" ".repeat(length)}b`;
    },
  ),
  ...growth("SH-23.1", "A quoted string full of escapes", "CVE-2020-7662", "Sec-WebSocket-Extensions", (length) => {
    return `a; b="${"\\c".repeat(length / 2)}`;
  }),
  ...growth("SH-24.1", "A Connection list of blanks", "CVE-2023-26103", "Connection", (length) => {
    return `${" ".repeat(length)}Upgrade`;
  }),
  ...growth("SH-24.2", "A Connection list of commas", "CVE-2023-26103", "Connection", (length) => {
    return `${",".repeat(length)}Upgrade`;
  }),
  ...growth(
    "DF-8.1",
    "Very many offers of permessage-deflate",
    "RFC 7692 5.1",
    "Sec-WebSocket-Extensions",
    (length) => {
      return Array.from({ length: length / 50 }, () => "permessage-deflate; server_max_window_bits=7777777").join(",");
    },
  ),
];
