import { serve } from "@samewire/node";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { echoServer } from "../src/echo.ts";
import { launchChromium } from "./_chromium.ts";

let browser: Browser;
let server: Awaited<ReturnType<typeof serve>>;
let url: string;

beforeAll(async () => {
  browser = await launchChromium();
  server = await serve({ ...echoServer(true), host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${server.port}/`;
}, 30_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe("the page in Chromium", () => {
  it("sends text, binary, 64 KiB and 1 MiB, shows the frames, and closes with code and reason", async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.setDefaultTimeout(8000);
    await page.goto(url);
    await page.waitForSelector('body[data-state="open"]');
    await page.click("button[type=submit]");
    await page.waitForSelector('body[data-last="text Hello, wörld 👋"]');
    for (const size of [8, 65536, 1048576]) {
      await page.click(`[data-size="${size}"]`);
      await page.waitForSelector(`body[data-last="binary ${size}"]`);
    }
    expect(await page.getAttribute("body", "data-received")).toBe("4");
    expect(await page.locator("#frames li").count()).toBe(8);
    expect(await page.locator("#frames").textContent()).toContain("1048576 in 64 bits");
    await page.click("#close");
    await page.waitForSelector('body[data-state="closed 4000 see you"]');
    expect(await page.textContent("#accept")).toBe("oRjiwsm8ZS/eLqIQ6p82z1wgGHE=");
    expect(errors).toEqual([]);
    await page.close();
  });

  it("is refused from another origin by the default policy, with 403", async () => {
    const strict = await serve({ host: "127.0.0.1", port: 0, message: () => {} });
    const page = await browser.newPage();
    await page.goto(url);
    const failed = await page.evaluate(
      (target) =>
        new Promise<boolean>((resolve) => {
          const socket = new WebSocket(target);
          socket.onopen = () => resolve(false);
          socket.onerror = () => resolve(true);
        }),
      strict.url,
    );
    expect(failed).toBe(true);
    await page.close();
    await strict.close();
  });
});
