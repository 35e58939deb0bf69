import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../src/errors.ts";
import type { ContextBudget, DeflateOptions } from "../../src/extensions/deflate-options.ts";
import type {
  ClientExtension,
  ExtensionDeclined,
  ExtensionOffer,
  MessageExtension,
} from "../../src/extensions/extension.ts";
import { perMessageDeflateClient } from "../../src/extensions/permessage-deflate-client.ts";
import { parseExtensions } from "../../src/handshake/header-values.ts";
import { confirmExtensions } from "../../src/handshake/negotiation.ts";
import { fakeEngine } from "./_fake-engine.ts";

const PMD = "permessage-deflate";

function written(offer: ExtensionOffer): string {
  return [offer.name, ...offer.params.map(([name, value]) => (value === true ? name : `${name}=${value}`))].join("; ");
}

function confirm(extension: ClientExtension, header: string): MessageExtension | ExtensionDeclined {
  const [response] = parseExtensions(header) ?? [];
  if (response === undefined) throw new Error(`not ABNF: ${header}`);
  return extension.confirm(response);
}

/** What a client of these options makes of a response: `agreed` or the reason. */
function verdict(response: string, options: DeflateOptions = {}): string {
  const confirmed = confirm(perMessageDeflateClient(fakeEngine, options), response);
  return "reason" in confirmed ? confirmed.reason : "agreed";
}

describe("perMessageDeflateClient: offers", () => {
  it.each<[DeflateOptions, string]>([
    [{}, `${PMD}; client_max_window_bits`],
    [{ clientMaxWindowBits: 10 }, `${PMD}; client_max_window_bits=10`],
    [{ serverMaxWindowBits: 10 }, `${PMD}; server_max_window_bits=10; client_max_window_bits`],
    [
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
      `${PMD}; server_no_context_takeover; client_no_context_takeover; client_max_window_bits`,
    ],
  ])("with %j: %s", (options, offer) => {
    const extension = perMessageDeflateClient(fakeEngine, options);
    expect(extension.offers.map(written)).toEqual([offer]);
    expect(extension.withheld).toBeUndefined();
  });

  it("asks to be spared the server's history first, where the budget has no room for it", () => {
    const budget: ContextBudget = { fits: () => false, full: false, charge() {}, refund() {} };
    const extension = perMessageDeflateClient(fakeEngine, { budget });
    expect(extension.offers.map(written)).toEqual([
      `${PMD}; server_no_context_takeover; client_max_window_bits`,
      `${PMD}; client_max_window_bits`,
    ]);
    // Either is an answer: a server that knows nothing of the first has taken the second.
    expect("reason" in confirm(extension, PMD)).toBe(false);
    expect("reason" in confirm(extension, `${PMD}; server_no_context_takeover`)).toBe(false);
  });

  it("asks the budget for the history that the server's window takes, 32 KiB where it names none", () => {
    const budget: ContextBudget = { fits: (bytes) => bytes < 1 << 15, full: false, charge() {}, refund() {} };
    expect(perMessageDeflateClient(fakeEngine, { budget }).offers).toHaveLength(2);
    expect(perMessageDeflateClient(fakeEngine, { budget, serverMaxWindowBits: 14 }).offers).toHaveLength(1);
  });

  it("makes one offer where it demands that anyhow", () => {
    const budget: ContextBudget = { fits: () => false, full: false, charge() {}, refund() {} };
    const { offers } = perMessageDeflateClient(fakeEngine, { budget, serverNoContextTakeover: true });
    expect(offers.map(written)).toEqual([`${PMD}; server_no_context_takeover; client_max_window_bits`]);
  });

  it("makes no offer, and says why, where the budget is spent", () => {
    const budget: ContextBudget = { fits: () => false, full: true, charge() {}, refund() {} };
    const extension = perMessageDeflateClient(fakeEngine, { budget });
    expect(extension.offers).toEqual([]);
    expect(extension.withheld).toBe("memory-budget");
    expect(confirmExtensions([], [extension])).toMatchObject({
      declined: [{ extension: PMD, reason: "memory-budget" }],
    });
    // CH-8.
    expect(confirmExtensions([PMD], [extension])).toMatchObject({ code: "extension-not-offered" });
  });
});

describe("perMessageDeflateClient: confirm", () => {
  it.each<[string, DeflateOptions]>([
    [PMD, {}],
    // A server may forgo either history unasked (section 7.1.1), and limit itself (section 7.1.2.1).
    [`${PMD}; server_no_context_takeover; client_no_context_takeover`, {}],
    [`${PMD}; server_max_window_bits=10`, {}],
    [`${PMD}; server_max_window_bits=8`, {}],
    [`${PMD}; server_max_window_bits="9"`, {}],
    [`${PMD}; client_max_window_bits=9`, {}],
    [`${PMD}; client_max_window_bits=8`, {}],
    [`${PMD}; server_max_window_bits=9`, { serverMaxWindowBits: 10 }],
    [`${PMD}; server_max_window_bits=10`, { serverMaxWindowBits: 10 }],
    [`${PMD}; client_max_window_bits=10`, { clientMaxWindowBits: 10 }],
    [PMD, { clientMaxWindowBits: 10 }],
    [`${PMD}; server_no_context_takeover`, { serverNoContextTakeover: true }],
    // Ours to keep to, whether or not the server repeats it (section 7.1.1.2).
    [PMD, { clientNoContextTakeover: true }],
  ])("takes %s for an answer to %j", (response, options) => {
    expect(verdict(response, options)).toBe("agreed");
  });

  it.each<[string, DeflateOptions, string]>([
    // DF-1.
    ...["7", "16", "20", "1000", "0", "08", "+9", "9.0"].map(
      (value) =>
        [`${PMD}; server_max_window_bits=${value}`, {}, "invalid-parameter"] as [string, DeflateOptions, string],
    ),
    [`${PMD}; server_max_window_bits`, {}, "invalid-parameter"],
    // DF-2.
    [`${PMD}; client_max_window_bits`, {}, "invalid-parameter"],
    [`${PMD}; client_max_window_bits=7`, {}, "invalid-parameter"],
    [`${PMD}; server_no_context_takeover=1`, {}, "invalid-parameter"],
    [`${PMD}; client_no_context_takeover=1`, {}, "invalid-parameter"],
    [`${PMD}; server_no_context_takeover; server_no_context_takeover`, {}, "duplicate-parameter"],
    [`${PMD}; client_max_window_bits=9; client_max_window_bits=9`, {}, "duplicate-parameter"],
    [`${PMD}; x-new`, {}, "unknown-parameter"],
    // DF-5, and the same of a window.
    [PMD, { serverNoContextTakeover: true }, "parameter-not-honoured"],
    [PMD, { serverMaxWindowBits: 10 }, "parameter-not-honoured"],
    [PMD, { serverMaxWindowBits: 14 }, "parameter-not-honoured"],
    [`${PMD}; server_max_window_bits=11`, { serverMaxWindowBits: 10 }, "parameter-not-honoured"],
    [`${PMD}; client_max_window_bits=11`, { clientMaxWindowBits: 10 }, "parameter-not-honoured"],
  ])("does not take %s for an answer to %j: %s", (response, options, reason) => {
    expect(verdict(response, options)).toBe(reason);
  });

  it.each<[string, DeflateOptions, number, number]>([
    [PMD, {}, 13, 15],
    [`${PMD}; server_max_window_bits=8`, {}, 13, 9],
    [`${PMD}; server_max_window_bits=11; client_max_window_bits=10`, {}, 10, 11],
    [`${PMD}; client_max_window_bits=15`, { clientMaxWindowBits: 15 }, 15, 15],
    [PMD, { clientMaxWindowBits: 9 }, 9, 15],
    [PMD, { serverMaxWindowBits: 15 }, 13, 15],
  ])("makes contexts after %s with %j of the windows agreed", (response, options, deflate, inflate) => {
    const engine = fakeEngine();
    const extension = confirm(
      perMessageDeflateClient(() => engine, options),
      response,
    );
    if ("reason" in extension) throw new Error(extension.reason);
    extension.encode(new Uint8Array(9), true);
    extension.decode(new Uint8Array(9), true, 100);
    expect([engine.deflaters[0]?.windowBits, engine.inflaters[0]?.windowBits]).toEqual([deflate, inflate]);
    expect(written(extension.agreed)).toBe(response);
    extension.release();
  });

  it.each<[string, DeflateOptions, boolean]>([
    [PMD, {}, true],
    [`${PMD}; client_no_context_takeover`, {}, false],
    [PMD, { clientNoContextTakeover: true }, false],
  ])("after %s with %j: keeps its history from message to message: %s", (response, options, keeps) => {
    const engine = fakeEngine();
    const extension = confirm(
      perMessageDeflateClient(() => engine, options),
      response,
    );
    if ("reason" in extension) throw new Error(extension.reason);
    // The first is not worth one yet.
    for (let i = 0; i < 4; i++) extension.encode(new Uint8Array(9), true);
    expect(engine.deflaters.length).toBe(keeps ? 2 : 4);
    extension.release();
  });

  it.each<[string, number, number, boolean]>([
    ["; server_no_context_takeover", 2, 47_999, true],
    ["; server_no_context_takeover", 2, 48_000, false],
    ["; server_no_context_takeover", 0, 0, false],
    // What older messages may have paid for is a window.
    ["", 2, 48_000 - 32_768 - 1, true],
    ["", 2, 48_000 - 32_768, false],
  ])(
    `after ${PMD}%s, at a ratio of %i beyond %i bytes: refuses 50,000 bytes out of 1,000: %s`,
    (params, maxRatio, ratioFloor, refuses) => {
      const engine = fakeEngine();
      const { createInflater } = engine;
      engine.createInflater = (given) => ({ ...createInflater(given), inflate: () => new Uint8Array(50_000) });
      const extension = confirm(
        perMessageDeflateClient(() => engine, { maxRatio, ratioFloor }),
        PMD + params,
      );
      if ("reason" in extension) throw new Error(extension.reason);
      const output = extension.decode(new Uint8Array(1000), true, 50_000);
      expect(output instanceof ProtocolError ? output.code : undefined).toBe(refuses ? "deflate-ratio" : undefined);
      extension.release();
    },
  );

  it("lets 16 final blocks of a message pass, one more for each 64 bytes of it, and as many of the next", () => {
    const engine = fakeEngine();
    const { createInflater } = engine;
    engine.createInflater = (given) => ({ ...createInflater(given), ended: true });
    const passed = (extension: MessageExtension, size: number): number => {
      let blocks = 0;
      for (
        let at = 0;
        at < 100 && !(extension.decode(new Uint8Array(at === 0 ? size : 0), false, 100) instanceof Error);
        at++
      )
        blocks++;
      return blocks;
    };
    for (const [size, blocks] of [
      [1, 16],
      [63, 16],
      [64, 17],
      [128, 18],
    ] as const) {
      const extension = confirm(
        perMessageDeflateClient(() => engine),
        PMD,
      );
      if ("reason" in extension) throw new Error(extension.reason);
      expect(extension.decode(new Uint8Array(64), true, 100)).toHaveLength(64);
      expect(passed(extension, size)).toBe(blocks);
      extension.release();
    }
  });

  it("ends a message whose last piece is empty with what the compressor still holds", () => {
    const engine = fakeEngine();
    const { createDeflater } = engine;
    engine.createDeflater = (options) => {
      const held: number[] = [];
      const deflate = (piece: Uint8Array, last: boolean): Uint8Array => {
        held.push(...piece);
        return Uint8Array.from(last ? held.splice(0) : []);
      };
      return { ...createDeflater(options), deflate };
    };
    const extension = confirm(
      perMessageDeflateClient(() => engine),
      PMD,
    );
    if ("reason" in extension) throw new Error(extension.reason);
    expect(extension.encode(Uint8Array.of(1, 2), false)).toEqual(Uint8Array.of());
    expect(extension.encode(Uint8Array.of(), true)).toEqual(Uint8Array.of(1, 2));
    // RFC 7692 section 7.2.3.6.
    expect(extension.encode(Uint8Array.of(), true)).toEqual(Uint8Array.of(0));
    extension.release();
  });

  it("DF-1: does not take an empty value for a window", () => {
    const response = { name: PMD, params: [["server_max_window_bits", ""]] as const };
    expect(perMessageDeflateClient(fakeEngine).confirm(response)).toEqual({
      extension: PMD,
      reason: "invalid-parameter",
    });
  });

  it("DF-9: compresses nothing where the server allows it a window of 256 bytes, and inflates all the same", () => {
    const extension = confirm(perMessageDeflateClient(fakeEngine), `${PMD}; client_max_window_bits=8`);
    if ("reason" in extension) throw new Error(extension.reason);
    expect(extension.wants(100_000, undefined)).toBe(false);
    expect(extension.wants(100_000, true)).toBe(false);
    expect(extension.wants(undefined, true)).toBe(false);
    expect(extension.decode(new Uint8Array(5), true, 100)).toEqual(new Uint8Array(5));
  });
});
