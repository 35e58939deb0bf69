// The wire log of the detail view. Everything a peer sent is put on the page as text nodes only, never as markup.

/** @typedef {import("../src/wire-log.ts").WireLogEntry} LogEntry */

const OPCODES = /** @type {Record<number, string>} */ ({
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
});

/**
 * Makes an element with attributes and children; strings become text nodes.
 *
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The bytes of spaced hex; what follows the last pair (`… (12 more)`) is no byte. @param {string} hex */
function bytesOf(hex) {
  const [pairs = ""] = hex.split("…");
  return Uint8Array.from(pairs.trim() === "" ? [] : pairs.trim().split(" "), (pair) => Number.parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Text with bad UTF-8 and control characters made visible. @param {Uint8Array} bytes */
function readable(bytes) {
  return readableText(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
}

/** Text with control characters made visible. @param {string} text */
export function readableText(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** @param {string} label @param {string} value */
function hexLine(label, value) {
  return element("div", { class: "hex" }, element("span", { class: "label" }, label), value);
}

/** @param {number} count */
function plural(count) {
  return `${count.toLocaleString("en")} byte${count === 1 ? "" : "s"}`;
}

/**
 * @typedef {object} Header A frame's header as it was on the wire.
 * @property {number} first
 * @property {number} second
 * @property {0 | 16 | 64} extended Bits of the extended length.
 * @property {bigint} length
 * @property {Uint8Array | undefined} key
 * @property {number} size
 */

/** The frame header at the start of `bytes`, if it is all there. @param {Uint8Array} bytes @returns {Header | undefined} */
function readHeader(bytes) {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const short = second & 0x7f;
  const extended = short === 126 ? 16 : short === 127 ? 64 : 0;
  const size = 2 + extended / 8 + (second & 0x80 ? 4 : 0);
  if (bytes.length < size) return undefined;
  let length = BigInt(short);
  if (extended > 0) length = BigInt(`0x${hexOf(bytes.subarray(2, 2 + extended / 8)).replaceAll(" ", "")}`);
  const key = second & 0x80 ? bytes.subarray(size - 4, size) : undefined;
  return { first, second, extended, length, key, size };
}

/** One box a field, as the figure in RFC 6455 section 5.2 has them. @param {Header} header */
function bitBoxes(header) {
  const { first, second, extended, length, key } = header;
  const boxes = element("div", { class: "bits" });
  /** @param {string} name @param {string} bits @param {boolean} [set] */
  const box = (name, bits, set = true) => {
    boxes.append(element("div", set ? { class: "set" } : {}, element("small", {}, name), element("code", {}, bits)));
  };
  for (const [name, bit] of /** @type {const} */ ([
    ["FIN", 0x80],
    ["RSV1", 0x40],
    ["RSV2", 0x20],
    ["RSV3", 0x10],
  ])) {
    box(name, first & bit ? "1" : "0", (first & bit) !== 0);
  }
  box(`opcode ${first & 15}`, (first & 15).toString(2).padStart(4, "0"));
  box("MASK", second & 0x80 ? "1" : "0", (second & 0x80) !== 0);
  box(`length ${second & 0x7f}`, (second & 0x7f).toString(2).padStart(7, "0"));
  if (extended > 0) {
    const hex = length
      .toString(16)
      .padStart(extended / 4, "0")
      .replace(/(..)(?=.)/g, "$1 ");
    box(`${extended}-bit length ${length}`, hex);
  }
  if (key !== undefined) box("masking key", hexOf(key));
  return boxes;
}

/** @param {LogEntry} entry */
function frameBody(entry) {
  const what = element("div", { class: "what" });
  const header = readHeader(bytesOf(entry.header ?? ""));
  if (header === undefined) return element("div", { class: "what" }, entry.text);
  const opcode = header.first & 15;
  const name = OPCODES[opcode] ?? `reserved opcode 0x${opcode.toString(16)}`;
  what.append(element("p", {}, element("b", {}, name), `, ${plural(entry.length ?? 0)}`), bitBoxes(header));
  const shown = entry.payload ?? "";
  if (shown === "") return what;
  const payload = bytesOf(shown);
  const { key } = header;
  const more = (entry.length ?? 0) > payload.length ? ` … ${plural((entry.length ?? 0) - payload.length)} more` : "";
  if (key?.some((byte) => byte !== 0)) {
    what.append(hexLine("on the wire", hexOf(payload.map((byte, index) => byte ^ (key[index & 3] ?? 0))) + more));
  }
  what.append(hexLine(key === undefined ? "payload" : "unmasked", hexOf(payload) + more));
  if (opcode === 8 && payload.length >= 2) {
    const code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    what.append(hexLine("close code", `${code} ${readable(payload.subarray(2))}`));
  } else if ((header.first & 0x40) === 0) {
    what.append(hexLine("as text", readable(payload) + more));
  }
  return what;
}

/** @param {LogEntry} entry @param {boolean} asFrame Whether the bytes are nowhere else told to be a frame. */
function bytesBody(entry, asFrame) {
  const chunks =
    entry.chunks === undefined || entry.chunks < 2 ? "" : ` in ${entry.chunks.toLocaleString("en")} pieces`;
  const what = element("div", { class: "what raw" });
  what.append(hexLine(`${plural(entry.length ?? 0)}${chunks}`, entry.hex ?? ""));
  const header = asFrame ? readHeader(bytesOf(entry.hex ?? "")) : undefined;
  if (header !== undefined) what.append(bitBoxes(header));
  return what;
}

/** @param {readonly LogEntry[]} log @param {number} index */
function logItem(log, index) {
  const entry = /** @type {LogEntry} */ (log[index]);
  const time = element("span", { class: "time" }, `${entry.at.toFixed(1)} ms`);
  if (entry.kind === "event") {
    return element("li", { class: "event" }, time, element("div", { class: "said" }, entry.text));
  }
  const sent = entry.direction === "sent";
  const who = element("span", { class: sent ? "who suite" : "who testee" }, sent ? "suite →" : "testee →");
  if (entry.kind === "frame") return element("li", {}, time, who, frameBody(entry));
  if (entry.kind === "bytes") return element("li", { class: "raw" }, time, who, bytesBody(entry, isLoose(log, index)));
  const text = element("pre", {}, readableHead(entry.text));
  return element("li", {}, time, who, element("div", { class: "what" }, text));
}

/** Raw bytes that no frame and no head in the log stands for. @param {readonly LogEntry[]} log @param {number} index */
function isLoose(log, index) {
  const before = log[index - 1];
  const after = log[index + 1];
  const opened = log.slice(0, index).some((entry) => entry.kind === "head" && entry.text.startsWith("HTTP/1.1 101"));
  return opened && before?.kind !== "head" && after?.kind !== "head" && after?.kind !== "frame";
}

/** @param {LogEntry | undefined} head @param {LogEntry} bytes */
function isHeadOf(head, bytes) {
  return head?.kind === "head" && head.direction === bytes.direction && head.text.length === bytes.length;
}

/** @param {string} text */
function readableHead(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd").trimEnd();
}

/** @param {readonly LogEntry[]} log */
export function renderLog(log) {
  const list = element("ol", { class: "log" });
  log.forEach((entry, index) => {
    // The bytes of a head say nothing that its text does not.
    const told = entry.kind === "bytes" && [log[index - 1], log[index + 1]].some((other) => isHeadOf(other, entry));
    if (!told) list.append(logItem(log, index));
  });
  return list;
}
