import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/bytes/base64.ts";
import { sha1 } from "../../src/bytes/sha1.ts";
import { acceptKey, HANDSHAKE_GUID } from "../../src/handshake/accept-key.ts";
import { toHex } from "../_replay.ts";
import { ACCEPT, KEY } from "./_heads.ts";

describe("acceptKey", () => {
  it("SH-12: gives the example of RFC 6455 section 1.3", () => {
    expect(acceptKey(KEY)).toBe(ACCEPT);
  });

  it("gives the worked example of docs/handshake.md, step by step", () => {
    const key = "mnwFxiOlctXFN/DeMt1Amg==";
    const joined = `${key}${HANDSHAKE_GUID}`;
    expect(joined).toBe("mnwFxiOlctXFN/DeMt1Amg==258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    const digest = sha1(new TextEncoder().encode(joined));
    expect(digest.length).toBe(20);
    expect(toHex(digest)).toBe(createHash("sha1").update(joined).digest("hex"));
    expect(toHex(digest)).toBe("a118e2c2c9bc652fde2ea210ea9f36cf5c201871");
    expect(encodeBase64(digest)).toBe("oRjiwsm8ZS/eLqIQ6p82z1wgGHE=");
    expect(acceptKey(key)).toBe("oRjiwsm8ZS/eLqIQ6p82z1wgGHE=");
  });
});
