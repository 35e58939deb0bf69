import type { OpeningRequest, PlainResponse } from "@samewire/connection";
import { SCRIPT } from "./page-script.ts";
import { STYLE } from "./page-style.ts";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>samewire echo</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>samewire echo</h1>
<p>A WebSocket echo server and this page share one port. <span class="state" id="state">…</span></p>
<form class="bar" id="form">
<input id="text" value="Hello, wörld 👋" aria-label="Text to send">
<button type="submit">Send text</button>
<button type="button" data-size="8">8 bytes</button>
<button type="button" data-size="65536">64 KiB</button>
<button type="button" data-size="1048576">1 MiB</button>
</form>
<div class="bar">
<input id="code" value="4000" inputmode="numeric" aria-label="Close code">
<input id="reason" value="see you" aria-label="Close reason">
<button type="button" id="close">Close</button>
<button type="button" id="reconnect">Connect again</button>
</div>
<h2>Frames</h2>
<p>RFC 6455 section 5.2, bit by bit. What a browser sends is masked, what a server sends is not.</p>
<ol id="frames"></ol>
<h2>The opening handshake</h2>
<p>How the server proves that it has read the key (section 4.2.2): change the key and see.</p>
<input id="nonce" value="mnwFxiOlctXFN/DeMt1Amg==" style="width:100%" aria-label="Sec-WebSocket-Key">
<div class="panel" id="derivation"></div>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** What a browser sees on the echo server's port: a page that talks to it. */
export function page({ path }: OpeningRequest): PlainResponse {
  if (path !== "/") return { status: 404, body: "Not found.\n" };
  return { headers: HEADERS, body: PAGE };
}
