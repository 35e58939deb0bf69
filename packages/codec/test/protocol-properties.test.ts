import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutputBuffer, PROTOCOL_RULES, Protocol } from "../src/index.ts";
import { feed, session, split, toHex } from "./_replay.ts";

type Command =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  | { readonly kind: "fragments"; readonly parts: readonly Uint8Array[] }
  | { readonly kind: "ping" | "pong"; readonly bytes: Uint8Array };

// Not an arbitrary of 70,000 octets, each of which would be chosen, and shrunk, by itself.
const long = fc
  .tuple(fc.integer({ min: 60_000, max: 70_000 }), fc.integer())
  .map(([length, seed]) => Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 24));
const payload = fc.oneof(fc.uint8Array({ maxLength: 200 }), long);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), text: fc.string({ unit: "binary", maxLength: 300 }) }),
  fc.record({ kind: fc.constant("binary" as const), bytes: payload }),
  fc.record({ kind: fc.constant("fragments" as const), parts: fc.array(fc.uint8Array({ maxLength: 300 })) }),
  fc.record({ kind: fc.constantFrom("ping" as const, "pong" as const), bytes: fc.uint8Array({ maxLength: 125 }) }),
);

function send(protocol: Protocol, one: Command): string {
  if (one.kind === "text") {
    protocol.sendText(one.text);
    return `message ${toHex(Buffer.from(one.text))}`;
  }
  if (one.kind === "binary") {
    protocol.sendBinary(one.bytes);
    return `message ${toHex(one.bytes)}`;
  }
  if (one.kind === "fragments") {
    protocol.beginMessage("binary");
    for (const part of one.parts) protocol.sendFragment(part, false);
    protocol.sendFragment(new Uint8Array(0), true);
    return `message ${toHex(Buffer.concat(one.parts))}`;
  }
  protocol[one.kind](one.bytes);
  return `${one.kind} ${toHex(one.bytes)}`;
}

describe("Protocol", () => {
  for (const [sender, receiver] of [
    ["client", "server"],
    ["server", "client"],
  ] as const) {
    it(`what a ${sender} encodes a ${receiver} decodes as it was, in any split`, () => {
      fc.assert(
        fc.property(fc.array(command, { maxLength: 12 }), fc.integer(), fc.integer(), (commands, seed, key) => {
          const output = new OutputBuffer();
          const silent = session(sender).protocol;
          expect(silent.state).toBe("open");
          const encoder = new Protocol(
            { role: sender, outlet: output, nextMaskKey: sender === "client" ? () => key : undefined },
            session(sender).handler,
          );
          const expected = commands.map((one) => send(encoder, one));
          const run = session(receiver);
          feed(run, split(output.take(), seed));
          const events = run.events.map((event) => event.split(" ")[0]);
          expect(events).toEqual(expected.map((event) => event.split(" ")[0]));
          const messages = run.messages.map((message) => toHex(Buffer.from(message)));
          expect(messages).toEqual(expected.filter((one) => one.startsWith("message ")).map((one) => one.slice(8)));
        }),
        { numRuns: 150 },
      );
    });
  }

  it("any bytes in any split give the same events, and only declared faults", () => {
    const codes = new Set(Object.keys(PROTOCOL_RULES));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer(), fc.boolean(), (bytes, seed, server) => {
        const role = server ? "server" : "client";
        const whole = session(role);
        feed(whole, [bytes]);
        const cut = session(role);
        feed(cut, split(bytes, seed));
        expect(cut.events).toEqual(whole.events);
        expect(toHex(cut.output.take())).toBe(toHex(whole.output.take()));
        const faults = whole.events.filter((event) => event.startsWith("fault "));
        expect(faults.length).toBeLessThanOrEqual(1);
        for (const fault of faults) expect(codes).toContain(fault.split(" ")[1]);
      }),
      { numRuns: 2000 },
    );
  });

  it("bytes that look like frames, too", () => {
    const frameLike = fc
      .tuple(
        fc.constantFrom(0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0x83, 0xc1),
        fc.uint8Array({ maxLength: 20 }),
        fc.boolean(),
      )
      .map(([first, body, masked]) => [
        first,
        (masked ? 0x80 : 0) | body.length,
        ...(masked ? [0, 0, 0, 0] : []),
        ...body,
      ]);
    fc.assert(
      fc.property(fc.array(frameLike, { maxLength: 12 }), fc.integer(), fc.boolean(), (frames, seed, server) => {
        const bytes = Uint8Array.from(frames.flat());
        const role = server ? "server" : "client";
        const whole = session(role);
        feed(whole, [bytes]);
        const cut = session(role);
        feed(cut, split(bytes, seed));
        expect(cut.events).toEqual(whole.events);
      }),
      { numRuns: 2000 },
    );
  });
});
