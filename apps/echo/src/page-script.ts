/**
 * What the echo server's page does: connects, sends, and takes each frame apart bit by bit (RFC 6455 section 5.2). A
 * browser tells a page neither its masking key nor the frames of an answer, so that a key is drawn here to show what
 * masking does, and messages are shown as single frames without compression.
 */
export const SCRIPT = `
const $ = (id) => document.getElementById(id);
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(" ");
const bits = (value, width) => value.toString(2).padStart(width, "0");
const NAMES = { 1: "text", 2: "binary", 8: "close" };
const SHOWN = 24;

function cell(kind, name, value, note) {
  return '<span class="' + kind + '">' + name + " " + value + (note ? " <small>" + note + "</small>" : "") + "</span>";
}

function frame(opcode, payload, masked) {
  const length = payload.length;
  const cells = [cell("fin", "FIN", "1", "last"), cell("rsv", "RSV", "000", ""),
    cell("op", "opcode", bits(opcode, 4), NAMES[opcode]), cell("mask", "MASK", masked ? "1" : "0", "")];
  if (length < 126) cells.push(cell("len", "length", bits(length, 7), length + " in 7 bits"));
  else if (length < 65536) cells.push(cell("len", "length", bits(126, 7) + " " + bits(length, 16), length + " in 16 bits"));
  else cells.push(cell("len", "length", bits(127, 7) + " " + hex(new Uint8Array(new BigUint64Array([BigInt(length)]).buffer).reverse()), length + " in 64 bits"));
  const head = payload.subarray(0, SHOWN);
  const more = length > SHOWN ? " … " + (length - SHOWN) + " more" : "";
  let lines = "";
  if (masked) {
    const key = crypto.getRandomValues(new Uint8Array(4));
    cells.push(cell("key", "masking key", hex(key), "drawn by this page"));
    lines += '<div class="hex pay">masked ' + hex(head.map((b, i) => b ^ key[i % 4])) + more + "</div>";
  }
  lines += '<div class="hex pay">payload ' + hex(head) + more + "</div>";
  return '<div class="bits">' + cells.join("") + "</div>" + lines;
}

function show(arrow, title, body) {
  const item = document.createElement("li");
  item.className = "panel";
  item.innerHTML = '<span class="arrow">' + arrow + "</span>";
  item.append(title);
  item.insertAdjacentHTML("beforeend", body);
  $("frames").prepend(item);
  while ($("frames").childElementCount > 40) $("frames").lastElementChild.remove();
}

const bytesOf = (data) => (typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data));
let socket;

function connect() {
  socket = new WebSocket(location.href.replace(/^http/, "ws").replace(/[?#].*/, ""));
  socket.binaryType = "arraybuffer";
  const state = (text) => { $("state").textContent = text; document.body.dataset.state = text; };
  state("connecting");
  socket.onopen = () => state("open");
  socket.onmessage = ({ data }) => {
    const bytes = bytesOf(data);
    document.body.dataset.received = (Number(document.body.dataset.received) || 0) + 1;
    document.body.dataset.last = typeof data === "string" ? "text " + data.slice(0, 100) : "binary " + bytes.length;
    show("server → browser", typeof data === "string" ? "text" : "binary", frame(typeof data === "string" ? 1 : 2, bytes, false));
  };
  socket.onclose = ({ code, reason, wasClean }) => {
    state("closed " + code + (reason ? " " + reason : "") + (wasClean ? "" : " (not clean)"));
  };
}

function send(data) {
  if (socket.readyState !== WebSocket.OPEN) return;
  const bytes = bytesOf(data);
  show("browser → server", typeof data === "string" ? "text" : "binary", frame(typeof data === "string" ? 1 : 2, bytes, true));
  socket.send(data);
}

function random(size) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

$("form").onsubmit = (event) => { event.preventDefault(); send($("text").value); };
for (const button of document.querySelectorAll("[data-size]")) button.onclick = () => send(random(Number(button.dataset.size)));
$("close").onclick = () => {
  const code = Number($("code").value);
  const reason = $("reason").value;
  const text = new TextEncoder().encode(reason);
  show("browser → server", "close", frame(8, Uint8Array.of(code >> 8, code & 255, ...text), true));
  socket.close(code, reason);
};
$("reconnect").onclick = () => { socket.close(); connect(); };

async function derive() {
  const key = $("nonce").value.trim();
  const joined = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const lines = ["<div>Sec-WebSocket-Key <code class=key>" + key.replace(/[<&]/g, "") + "</code></div>",
    "<div>with the GUID behind it <code>" + joined.replace(/[<&]/g, "") + "</code></div>"];
  if (crypto.subtle) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(joined)));
    lines.push("<div>SHA-1, 20 bytes <code class=len>" + hex(digest) + "</code></div>",
      "<div>base64: Sec-WebSocket-Accept <code class=op id=accept>" + btoa(String.fromCharCode(...digest)) + "</code></div>");
  } else lines.push("<div>SHA-1 is there for pages of https: and of this machine only.</div>");
  $("derivation").innerHTML = lines.join("");
}
$("nonce").oninput = derive;
derive();
connect();
`;
