import { describe, expect, it } from "vitest";
import { type ContextBudget, type DeflateOptions, deflateSettings } from "../../src/extensions/deflate-options.ts";
import type { ExtensionDeclined, ExtensionOffer, MessageExtension } from "../../src/extensions/extension.ts";
import { perMessageDeflateServer } from "../../src/extensions/permessage-deflate-server.ts";
import { parseExtensions } from "../../src/handshake/header-values.ts";
import { fakeEngine } from "./_fake-engine.ts";

/** What the server answers to an offer header, as the response header or the reason. */
function answer(header: string, options: DeflateOptions = {}): string {
  const answered = accept(header, options);
  return "reason" in answered ? `declined: ${answered.reason}` : written(answered.agreed);
}

function accept(header: string, options: DeflateOptions, engine = fakeEngine()): MessageExtension | ExtensionDeclined {
  const offers = parseExtensions(header === "" ? null : header);
  if (offers === undefined) throw new Error(`not ABNF: ${header}`);
  return perMessageDeflateServer(() => engine, options).accept(offers);
}

function written(offer: ExtensionOffer): string {
  return offer.params.map(([name, value]) => (value === true ? name : `${name}=${value}`)).join("; ");
}

/** The windows with which contexts are made once messages flow. */
function windows(
  header: string,
  options: DeflateOptions = {},
): { deflate: number | undefined; inflate: number | undefined } {
  const engine = fakeEngine();
  const extension = accept(header, options, engine);
  if ("reason" in extension) throw new Error(extension.reason);
  extension.encode(new Uint8Array(9), true);
  extension.decode(new Uint8Array(9), true, 100);
  extension.release();
  return { deflate: engine.deflaters[0]?.windowBits, inflate: engine.inflaters[0]?.windowBits };
}

const PMD = "permessage-deflate";

describe("perMessageDeflateServer", () => {
  it.each([
    // Nothing asked, nothing limited (section 7.1).
    [PMD, ""],
    // Section 7.1.1.1: a demand, which the response repeats.
    [`${PMD}; server_no_context_takeover`, "server_no_context_takeover"],
    // Section 7.1.1.2: a hint, which spares us a history.
    [`${PMD}; client_no_context_takeover`, "client_no_context_takeover"],
    [
      `${PMD}; client_no_context_takeover; server_no_context_takeover`,
      "server_no_context_takeover; client_no_context_takeover",
    ],
    // Section 7.1.2.1: the same or a smaller value.
    [`${PMD}; server_max_window_bits=15`, "server_max_window_bits=13"],
    [`${PMD}; server_max_window_bits=10`, "server_max_window_bits=10"],
    [`${PMD}; server_max_window_bits="9"`, "server_max_window_bits=9"],
    // Section 7.1.2.2: a hint with a value may be used, one without asks for nothing.
    [`${PMD}; client_max_window_bits`, ""],
    [`${PMD}; client_max_window_bits=15`, ""],
    [`${PMD}; client_max_window_bits=10`, "client_max_window_bits=10"],
    // A client that will use 256 bytes is not asked to, since libraries cannot be told so; any window inflates it.
    [`${PMD}; client_max_window_bits=8`, ""],
  ])("agrees to %s", (offer, response) => {
    expect(answer(offer)).toBe(response);
  });

  it.each<readonly [string, string]>([
    ["", "not-offered"],
    [`${PMD}; server_max_window_bits=8`, "window-bits-8"],
    [`${PMD}; x-new`, "unknown-parameter"],
    [`${PMD}; x-new=1`, "unknown-parameter"],
    [`${PMD}; client_no_context_takeover-2`, "unknown-parameter"],
    [`${PMD}; x-client_no_context_takeover`, "unknown-parameter"],
    [`${PMD}; Server_No_Context_Takeover`, "unknown-parameter"],
    [`${PMD}; __proto__=1; constructor`, "unknown-parameter"],
    [`${PMD}; server_no_context_takeover; server_no_context_takeover`, "duplicate-parameter"],
    [`${PMD}; client_no_context_takeover; client_no_context_takeover`, "duplicate-parameter"],
    [`${PMD}; server_max_window_bits=10; server_max_window_bits=10`, "duplicate-parameter"],
    [`${PMD}; client_max_window_bits; client_max_window_bits=10`, "duplicate-parameter"],
    [`${PMD}; server_no_context_takeover=1`, "invalid-parameter"],
    [`${PMD}; server_no_context_takeover=true`, "invalid-parameter"],
    [`${PMD}; client_no_context_takeover=0`, "invalid-parameter"],
    // The value of another parameter.
    [`${PMD}; server_no_context_takeover=9`, "invalid-parameter"],
    [`${PMD}; client_no_context_takeover=15`, "invalid-parameter"],
    [`${PMD}; server_max_window_bits`, "invalid-parameter"],
    ...["7", "16", "20", "1000", "0", "08", "+9", "9.0", "0x9", "-9", "nine", "1e1", "09", "015"].flatMap((value) => [
      [`${PMD}; server_max_window_bits=${value}`, "invalid-parameter"] as const,
      [`${PMD}; client_max_window_bits=${value}`, "invalid-parameter"] as const,
    ]),
  ])("declines %j", (offer, reason) => {
    expect(answer(offer)).toBe(`declined: ${reason}`);
  });

  it("DF-7: takes the first offer it can honour, in the client's order of preference", () => {
    expect(answer(`${PMD}; x-new, ${PMD}; server_max_window_bits=8, ${PMD}; server_max_window_bits=9, ${PMD}`)).toBe(
      "server_max_window_bits=9",
    );
  });

  it("gives the reason of the most preferred offer where none can be honoured", () => {
    expect(answer(`${PMD}; server_max_window_bits=8, ${PMD}; x-new`)).toBe("declined: window-bits-8");
  });

  it("DF-8: answers 500 offers in time that grows with their number", () => {
    const offers = (count: number): string => new Array<string>(count).fill(`${PMD}; x-${"y".repeat(10)}=1`).join(", ");
    expect(answer(offers(500))).toBe("declined: unknown-parameter");
    expect(answer(`${offers(500)}, ${PMD}`)).toBe("");
  });

  it.each<[string, DeflateOptions, string]>([
    [PMD, { serverNoContextTakeover: true }, "server_no_context_takeover"],
    [PMD, { clientNoContextTakeover: true }, "client_no_context_takeover"],
    // A limit on the client needs its word that it can obey; without, its messages are inflated all the same.
    [PMD, { clientMaxWindowBits: 10 }, ""],
    [`${PMD}; client_max_window_bits`, { clientMaxWindowBits: 10 }, "client_max_window_bits=10"],
    [`${PMD}; client_max_window_bits=9`, { clientMaxWindowBits: 10 }, "client_max_window_bits=9"],
    [`${PMD}; client_max_window_bits=12`, { clientMaxWindowBits: 10 }, "client_max_window_bits=10"],
    [`${PMD}; client_max_window_bits=8`, { clientMaxWindowBits: 10 }, ""],
    // Our own limit binds us whether or not the client asks.
    [PMD, { serverMaxWindowBits: 9 }, ""],
    [`${PMD}; server_max_window_bits=15`, { serverMaxWindowBits: 15 }, "server_max_window_bits=15"],
    [`${PMD}; server_max_window_bits=12`, { serverMaxWindowBits: 9 }, "server_max_window_bits=9"],
  ])("answers %s by its options %j", (offer, options, response) => {
    expect(answer(offer, options)).toBe(response);
  });

  it.each<[string, DeflateOptions, number, number]>([
    [PMD, {}, 13, 15],
    [PMD, { serverMaxWindowBits: 9, clientMaxWindowBits: 9 }, 9, 15],
    [`${PMD}; server_max_window_bits=9; client_max_window_bits=9`, {}, 9, 9],
    [`${PMD}; client_max_window_bits`, { clientMaxWindowBits: 11 }, 13, 11],
    [`${PMD}; client_max_window_bits=8`, { clientMaxWindowBits: 9 }, 13, 15],
    [`${PMD}; server_max_window_bits=14`, { serverMaxWindowBits: 15 }, 14, 15],
  ])("makes contexts for %s with %j of the windows agreed", (offer, options, deflate, inflate) => {
    expect(windows(offer, options)).toEqual({ deflate, inflate });
  });

  it("gives back each context that it has made, one for a shared message at once", () => {
    for (const params of ["", "; server_no_context_takeover; client_no_context_takeover"]) {
      const engine = fakeEngine();
      const extension = accept(PMD + params, {}, engine);
      if ("reason" in extension) throw new Error(extension.reason);
      extension.encodeAlone?.(new Uint8Array(9));
      expect([engine.deflaters.length, engine.released]).toEqual([1, 1]);
      for (const last of [true, true, true, false]) {
        extension.encode(new Uint8Array(9), last);
        extension.decode(new Uint8Array(9), last, 100);
      }
      extension.release();
      expect(engine.released).toBe(engine.deflaters.length + engine.inflaters.length);
    }
  });

  it("holds nothing after a fault or its release: no output is pending, and no context", () => {
    for (const end of ["fault", "release"]) {
      const engine = fakeEngine();
      const { createInflater } = engine;
      let output: Uint8Array | undefined = new Uint8Array(1);
      engine.createInflater = (given) => ({ ...createInflater(given), pending: true, inflate: () => output });
      const extension = accept(PMD, {}, engine);
      if ("reason" in extension) throw new Error(extension.reason);
      extension.decode(new Uint8Array(9), false, 1);
      expect(extension.pending).toBe(true);
      output = undefined;
      if (end === "release") extension.release();
      else expect(extension.decode(new Uint8Array(0), false, 1)).toMatchObject({ code: "deflate-invalid" });
      expect([extension.pending, engine.released]).toEqual([false, 1]);
      extension.release();
    }
  });

  it("tells what the last call cost beside its bytes, and of an empty message that it cost nothing", () => {
    const engine = fakeEngine();
    const { createInflater } = engine;
    engine.createInflater = (given) => ({ ...createInflater(given), overhead: 7 });
    const extension = accept(PMD, {}, engine);
    if ("reason" in extension) throw new Error(extension.reason);
    extension.decode(new Uint8Array(9), true, 100);
    expect(extension.overhead).toBe(7);
    extension.decode(new Uint8Array(0), true, 100);
    expect(extension.overhead).toBe(0);
    extension.release();
  });

  it("asks the budget for the history that the client's window takes", () => {
    const budget: ContextBudget = { fits: (bytes) => bytes < 1 << 15, full: false, charge() {}, refund() {} };
    expect(answer(PMD, { budget })).toBe("server_no_context_takeover; client_no_context_takeover");
    expect(answer(`${PMD}; client_max_window_bits=14`, { budget })).toBe("client_max_window_bits=14");
  });

  it("does not ask for the engine before a client offers", () => {
    let asked = 0;
    const extension = perMessageDeflateServer(() => {
      asked += 1;
      return fakeEngine();
    });
    extension.accept([]);
    expect(asked).toBe(0);
    extension.accept([{ name: PMD, params: [] }]);
    expect(asked).toBe(1);
  });

  it.each<DeflateOptions>([
    { level: 0 },
    { level: 10 },
    { level: 1.5 },
    { memLevel: 0 },
    { memLevel: 10 },
    { serverMaxWindowBits: 8 },
    { serverMaxWindowBits: 16 },
    { clientMaxWindowBits: 8 },
    { clientMaxWindowBits: Number.NaN },
    { threshold: -1 },
    { maxRatio: -1 },
    { ratioFloor: -1 },
    { ratioFloor: Number.NaN },
  ])("throws for %j at once", (options) => {
    expect(() => perMessageDeflateServer(fakeEngine, options)).toThrow(
      expect.objectContaining({ name: "UsageError", code: "option" }),
    );
  });

  it("takes what is undefined as not given", () => {
    const absent = { threshold: undefined, level: undefined, memLevel: undefined, maxRatio: undefined } as never;
    expect(deflateSettings(absent)).toEqual({
      threshold: 256,
      level: 1,
      memLevel: 6,
      maxRatio: 200,
      ratioFloor: 1 << 20,
    });
  });

  it("takes a threshold, a ratio and a floor without bounds", () => {
    const extension = accept(PMD, {
      threshold: Infinity,
      maxRatio: Infinity,
      ratioFloor: Infinity,
    });
    expect("wants" in extension && extension.wants(1 << 30, undefined)).toBe(false);
  });
});
