/** What `attach` makes of heads that `node:http` has read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Attach, echo, httpServer, open } from "./_attach-servers.ts";
import { RawClient, upgradeRequest } from "./_raw-client.ts";

const options = { timeout: 20_000 };

/** Of the suite that every `attach` must pass. */
export function attachHeadTests(attach: Attach): void {
  test("raw header lines are judged again", options, async () => {
    const { server, port } = await httpServer();
    let upgrades = 0;
    const attached = attach(server, { ...echo, upgrade: () => void upgrades++ });
    for (const extra of [
      ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="],
      ["Sec-WebSocket-Version: 13"],
      ["Content-Length: 26"],
      ["Transfer-Encoding: chunked"],
      ["Host: other"],
    ]) {
      const client = await RawClient.to(port);
      client.write(upgradeRequest("/", extra), "GET /admin HTTP/1.1\r\n\r\n");
      const answer = await client.all();
      assert.match(answer, /^HTTP\/1\.1 400 /, extra[0]);
      assert.equal(answer.split("HTTP/1.1").length, 2, "one answer");
      client.close();
    }
    assert.equal(upgrades, 0);
    await attached.close();
  });

  test("maxHeaders and maxHeadSize of the endpoint bound the head, to the byte (RFC 6585 5)", options, async () => {
    const { server, port } = await httpServer();
    const ask = async (extra: readonly string[]): Promise<string> => {
      const client = await RawClient.to(port);
      client.write(upgradeRequest("/", extra));
      await client.until(() => client.text.includes("\r\n\r\n"), "the answer");
      client.close();
      return client.text;
    };
    const five = upgradeRequest().length;
    for (const [limits, extra, expected] of [
      [{ maxHeaders: 5 }, [], /^HTTP\/1\.1 101 /],
      [{ maxHeaders: 5 }, ["X: y"], /^HTTP\/1\.1 431 .*too-many-headers: 5/s],
      [{ maxHeadSize: five + 6 }, ["X: y"], /^HTTP\/1\.1 101 /],
      [{ maxHeadSize: five + 6 }, ["X: yz"], /^HTTP\/1\.1 431 .*head-too-large: \d+ bytes/s],
      [{ maxHeadSize: 200 }, [`X: ${"y".repeat(2000)}`], /^HTTP\/1\.1 431 /],
    ] as const) {
      const attached = attach(server, { ...echo, ...limits });
      assert.match(await ask(extra), expected);
      await attached.close();
    }
  });

  test("a target that is a whole URI has path and host in it (RFC 9112 3.2.2)", options, async () => {
    const { server, port } = await httpServer();
    const hosts: string[] = [];
    const attached = attach(server, { ...echo, path: "/chat", upgrade: ({ host }) => void hosts.push(host) });
    for (const target of ["/chat", "http://a.example/chat?b", "HTTP://a.example:81/chat"]) {
      const client = await RawClient.to(port);
      client.write(upgradeRequest(target));
      await client.until(() => client.text.includes("\r\n\r\n"), "the answer");
      assert.match(client.text, /^HTTP\/1\.1 101 /, target);
      client.close();
    }
    assert.deepEqual(hosts, ["127.0.0.1", "a.example", "a.example:81"]);
    await assert.rejects(open(port, "/http://a.example/chat"));
    await attached.close();
  });
}
