import { type CaseContext, type ConformanceCase, defineCase, type Needs } from "../case.ts";
import { requestFields } from "../opening.ts";
import type { Peer } from "../peer.ts";
import { freshKey } from "../wire/accept-key.ts";
import { concatBytes } from "../wire/bytes.ts";
import { binary, close, continuation, type FrameSpec, ping, text } from "../wire/frame.ts";
import { encodeHead } from "../wire/http-head.ts";
import { openDeflated } from "./deflate-session.ts";
import { letters, noise } from "./pattern.ts";
import { serves } from "./resource-cases.ts";

/** Connections that break at any moment: the testee has to close its side and to serve others as before. */
export const lifecycleCases: readonly ConformanceCase[] = [
  ...broken("LC-1.1", "RST right behind the request", ["LC-2"], {}, async (context) => {
    for (let round = 0; round < 10; round += 1) {
      const peer = await context.connect();
      await peer.sendHead(requestOf(peer));
      peer.transport.reset();
    }
  }),
  ...broken("LC-4.1", "FIN at every byte of a session", ["LC-25"], {}, (context) => {
    return atEveryByte(context, async (peer) => {
      peer.transport.end();
      if ((await peer.waitForEnd(context.testee.deadlines.close)) === undefined && context.testee.answersHttp) {
        context.inform("a connection that ended inside its opening handshake stays half open");
      }
    });
  }),
  ...broken("LC-25.1", "RST at every byte of a session", ["LC-18"], {}, (context) => {
    return atEveryByte(context, (peer) => {
      peer.transport.reset();
      return Promise.resolve();
    });
  }),
  ...broken("LC-5.1", "RST while echoes are on their way", ["LC-14"], {}, async (context) => {
    for (let round = 0; round < 10; round += 1) {
      const peer = await context.open();
      peer.transport.pause();
      const messages = Array.from({ length: 40 }, () => binary(noise(16_384)));
      void peer.sendBytes(peer.encode(...messages), "whole");
      await new Promise((resolve) => setTimeout(resolve, 5 * round));
      peer.transport.reset();
    }
  }),
  ...broken("DF-27.1", "RST while compressed echoes are on their way", [], { compression: true }, async (context) => {
    for (let round = 0; round < 10; round += 1) {
      const { peer, deflater } = await openDeflated(context);
      peer.transport.pause();
      const frame = { ...text(deflater.encode(letters(65_536))), rsv: 4 };
      void peer.sendBytes(peer.encode(...Array<FrameSpec>(10).fill(frame)), "whole");
      await new Promise((resolve) => setTimeout(resolve, 3 * round));
      peer.transport.reset();
    }
  }),
  ...broken("SH-41.1", "1,000 refused handshakes", [], {}, async (context) => {
    for (let batch = 0; batch < 50; batch += 1) {
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const peer = await context.connect();
          await peer.sendBytes(
            encodeHead(`GET ${peer.target.resource} HTTP/1.1`, [["Host", peer.target.authority]]),
            "whole",
          );
          await peer.waitForEnd(500);
          peer.transport.reset();
        }),
      );
    }
  }),
  ...broken("RS-16.1", "500 connections stuck before the end of their request", [], {}, async (context) => {
    for (let batch = 0; batch < 25; batch += 1) {
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const peer = await context.connect();
          await peer.sendBytes(requestOf(peer).subarray(0, 40), "whole");
        }),
      );
    }
  }),
];

function broken(
  id: string,
  title: string,
  covers: readonly string[],
  needs: Needs,
  mistreat: (context: CaseContext) => Promise<void>,
): ConformanceCase[] {
  return defineCase({
    id,
    title,
    section: "RFC 6455 7.2.2",
    roles: ["server"],
    covers,
    needs,
    timeout: 40_000,
    input: `${title}, on connections of their own`,
    expectation: "A new connection is served as if nothing had happened.",
    async run(context) {
      await mistreat(context);
      await serves(context);
    },
  });
}

function requestOf(peer: Peer): Uint8Array {
  return encodeHead(`GET ${peer.target.resource} HTTP/1.1`, requestFields(peer, freshKey()));
}

/** A whole session's bytes: the request, messages of all kinds, the Close frame. */
function session(peer: Peer): Uint8Array {
  const frames = peer.encode(
    text("Hello"),
    binary(noise(130)),
    ping("p"),
    text("a", { fin: false }),
    continuation("b"),
    close(1000),
  );
  return concatBytes([requestOf(peer), frames]);
}

/** One connection for each length of the session's beginning, ten at a time, ended by `finish`. */
async function atEveryByte(context: CaseContext, finish: (peer: Peer) => Promise<void>): Promise<void> {
  const step = 10;
  const total = session(await context.connect()).length;
  for (let first = 0; first <= total; first += step) {
    await Promise.all(
      Array.from({ length: step }, async (_, index) => {
        const peer = await context.connect();
        await peer.sendBytes(session(peer).subarray(0, first + index), "whole");
        await finish(peer);
      }),
    );
  }
}
