import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/bytes/base64.ts";
import { sha1 } from "../../src/bytes/sha1.ts";
import { HANDSHAKE_GUID } from "../../src/handshake/accept-key.ts";
import {
  acceptKey,
  HANDSHAKE_RULES,
  HandshakeError,
  type HandshakeErrorCode,
  type HandshakeRule,
} from "../../src/index.ts";
import { toHex } from "../_replay.ts";

const page = readFileSync(new URL("../../../../docs/handshake.md", import.meta.url), "utf8");
const rules = Object.entries(HANDSHAKE_RULES) as [HandshakeErrorCode, HandshakeRule][];

describe("docs/handshake.md", () => {
  it("lists every rule with its status and section, and says what it demands", () => {
    const rows = rules.map(
      ([code, [, status]]) => `| \`${code}\` | ${status ?? ""} | ${new HandshakeError(code).section} |`,
    );
    const table = page.split("<!-- rules -->")[1]?.split("<!-- /rules -->")[0]?.trim().split("\n") ?? [];
    const cells = table.map((row) => /^(\|.*\|.*\|.*\|) (.{10,}) \|$/.exec(row));
    expect(cells.map((found) => found?.[1])).toEqual(["| Code | Status | Section |", undefined, ...rows]);
    expect(new Set(cells.map((found) => found?.[2])).size).toBeGreaterThan(rules.length - 3);
  });

  it("derives the accept value of its key in the steps that it shows", () => {
    const key = "mnwFxiOlctXFN/DeMt1Amg==";
    const digest = sha1(new TextEncoder().encode(key + HANDSHAKE_GUID));
    for (const step of [key, key + HANDSHAKE_GUID, toHex(digest), encodeBase64(digest)])
      expect(page).toContain(`| \`${step}\` |`);
    expect(acceptKey(key)).toBe(encodeBase64(digest));
  });
});

describe("HANDSHAKE_RULES", () => {
  it("has stable codes in kebab-case, a section each, and a refusal's status where a client breaks the rule", () => {
    for (const [code, [, status]] of rules) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(new HandshakeError(code).section).toMatch(/^RFC \d{4} \d+(\.\d+)*( \(\d+\))?$/);
      if (status !== undefined) expect([400, 405, 426, 431, 505]).toContain(status);
    }
  });

  it("makes errors that carry code, status, section and what was seen", () => {
    const error = new HandshakeError("method", "PUT");
    expect(error).toMatchObject({ name: "HandshakeError", code: "method", status: 405, section: "RFC 6455 4.2.1" });
    expect(error.message).toBe("rule broken: method: PUT (RFC 6455 4.2.1)");
    expect(new HandshakeError("head-too-large").message).toBe("rule broken: head-too-large (RFC 6585 5)");
    expect(error.headers).toEqual({ Allow: "GET" });
    expect(new HandshakeError("head-incomplete")).toMatchObject({ status: undefined, headers: {} });
  });
});
