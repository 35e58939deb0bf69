import type { DeflateEngine, Deflater, Inflater } from "@samewire/codec";
import { pakoEngine } from "@samewire/connection";
import { describe, expect, it } from "vitest";
import { provesItself } from "../src/zlib-proof.ts";

type Deflate = Deflater["deflate"];
type Inflate = Inflater["inflate"];

/** A good engine but for what is put in the place of the ways of its contexts. */
function engineWith(flaws: {
  deflate?: (deflater: Deflater) => Deflate;
  forget?: () => void;
  inflate?: (inflate: Inflate) => Inflate;
}): DeflateEngine {
  const good = pakoEngine();
  return {
    ...good,
    createDeflater(options) {
      const deflater = good.createDeflater(options);
      return {
        deflate: flaws.deflate?.(deflater) ?? ((...piece) => deflater.deflate(...piece)),
        reset: flaws.forget ?? (() => deflater.reset()),
        release: () => deflater.release(),
      };
    },
    createInflater(options) {
      const inflater = good.createInflater(options);
      const inflate: Inflate = (...piece) => inflater.inflate(...piece);
      return new Proxy(inflater, {
        get(target, name) {
          if (name === "inflate") return flaws.inflate?.(inflate) ?? inflate;
          const value = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  };
}

/** Takes what is not valid, where `which` is true of it, for nothing at all. */
const accepting =
  (which: (piece: Uint8Array) => boolean) =>
  (inflate: Inflate): Inflate =>
  (piece, last, max) =>
    inflate(piece, last, max) ?? (which(piece) ? new Uint8Array(0) : undefined);

describe("provesItself", () => {
  it("is true of an engine that is right", () => {
    expect(provesItself(engineWith({}))).toBe(true);
  });

  it.each<[string, Parameters<typeof engineWith>[0]]>([
    [
      "forgets between messages",
      {
        deflate: (deflater) => (piece, last, flush) => {
          deflater.reset();
          return deflater.deflate(piece, last, flush);
        },
      },
    ],
    ["does not forget where it is told to", { forget() {} }],
    [
      "inflates to something else",
      {
        inflate:
          (inflate) =>
          (...piece) =>
            inflate(...piece)?.map((byte) => byte ^ 1),
      },
    ],
    ["gives more at once than it may", { inflate: (inflate) => (piece, last) => inflate(piece, last, 65_536) }],
    ["takes what refers to what was forgotten", { inflate: accepting((piece) => piece.length > 9) }],
    ["takes a reserved type of block", { inflate: accepting(([first]) => first === 6) }],
    ["takes a block that breaks off", { inflate: accepting(([first]) => first === 4) }],
    [
      "ends with a block with BFINAL set",
      {
        inflate: (inflate) => (piece, last, max) =>
          piece[0] === 3 && piece.length === 9 ? new Uint8Array(0) : inflate(piece, last, max),
      },
    ],
  ])("is false of one that %s", (_what, flaw) => {
    expect(provesItself(engineWith(flaw))).toBe(false);
  });
});
