/** `attach`, where the upgrade was sent behind a request that is still being answered (RFC 9112 section 9.3.2). */
import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import { test } from "node:test";
import { type Attach, echo, listening } from "./_attach-servers.ts";
import { RawClient, upgradeRequest } from "./_raw-client.ts";

const options = { timeout: 20_000 };

export function attachPipelineTests(attach: Attach): void {
  // Bun's `node:http` gives no `upgrade` event here, and answers both in order.
  test("SH-35 an upgrade sent behind a request is answered behind it", options, async () => {
    const server = createServer((request, response) => {
      setTimeout(() => response.end(`body of ${request.url}`), 100);
    });
    const port = await listening(server);
    const attached = attach(server, { open: (socket) => void socket.send("hello") });
    const client = await RawClient.to(port);
    client.write(
      `GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /slower HTTP/1.1\r\nHost: a\r\n\r\n${upgradeRequest("/ws")}`,
    );
    await client.until(() => /hello|body of .ws/.test(client.text), "the answer to the upgrade");
    const answers = client.text.match(/body of .slow(?:er)?|HTTP.1.1 101|hello|body of .ws/g);
    assert.ok(["HTTP/1.1 101,hello", "body of /ws"].includes(String(answers?.slice(2))), client.text);
    assert.deepEqual(answers?.slice(0, 2), ["body of /slow", "body of /slower"]);
    client.stream.destroy();
    // And one that leaves while it waits harms nobody.
    const leaving = await RawClient.to(port);
    leaving.write(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${upgradeRequest("/ws")}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    leaving.stream.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await attached.close();
  });

  test("a reset that only the answer before an upgrade finds out is nobody's", options, async () => {
    const responses: ServerResponse[] = [];
    const server = createServer((_request, response) => void responses.push(response));
    const port = await listening(server);
    const attached = attach(server, echo);
    const client = await RawClient.to(port);
    client.write(`GET / HTTP/1.1\r\nHost: a\r\n\r\n${upgradeRequest()}`);
    while (responses.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 30));
    client.stream.resetAndDestroy();
    responses[0]?.end("too late");
    // What nobody listens to ends the process, and here fails the test.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await attached.close();
  });

  // What nobody reads is not seen to end.
  test("who leaves behind an answer that never comes is not kept", options, async () => {
    const server = createServer(() => {});
    const port = await listening(server);
    const attached = attach(server, { ...echo, handshakeTimeout: 100 });
    const client = await RawClient.to(port);
    client.write(`GET / HTTP/1.1\r\nHost: a\r\n\r\n${upgradeRequest()}`);
    client.stream.end();
    assert.equal(await client.all(), "");
    await attached.close();
  });
}
