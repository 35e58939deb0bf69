/**
 * The HTML report in a real browser: it renders without errors, asks the network for nothing, filters, shows a case's log bit by
 * bit, and fits a narrow screen. `SCREENSHOTS=DIR` also writes pictures of what was looked at.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumFlags } from "../../../scripts/chromium-flags.mjs";
import { toolPath } from "../../../scripts/system-tools.mjs";
import { renderHtml } from "../src/report/html-report.ts";
import { sampleReport } from "./sample-reports.ts";

const SCREENSHOTS = process.env.SCREENSHOTS;

describe("the HTML report in Chromium", () => {
  let folder: string;
  let context: BrowserContext;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "conformance-report-"));
    const reports = [sampleReport("first"), sampleReport("second"), sampleReport("third", "client")];
    await writeFile(join(folder, "report.html"), renderHtml(reports));
    context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: toolPath("chromium"),
      headless: true,
      viewport: { width: 1280, height: 800 },
      args: chromiumFlags,
    });
    page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) problems.push(`a request went out: ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
  }, 60_000);

  afterAll(async () => {
    await context?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function picture(name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    await mkdir(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  it("shows a matrix of the server testees and switches to the clients", async () => {
    expect(await page.locator("tbody .id").allTextContents()).toEqual(["CT-1", "FR-1", "FR-2.126", "SH-4", "UT-1"]);
    expect(await page.locator("thead th").allTextContents()).toEqual(["Case", "first", "second"]);
    expect(await page.locator("tbody .cell.fail").count()).toBe(2);
    await picture("matrix-wide");
    await page.click("[data-role=client]");
    expect(await page.locator("thead th").allTextContents()).toEqual(["Case", "third"]);
    await page.click("[data-role=server]");
  });

  it("filters by verdict, text, group and difference", async () => {
    const ids = (): Promise<string[]> => page.locator("tbody .id").allTextContents();
    await page.click("[data-verdict=fail]");
    expect(await ids()).toEqual(["FR-2.126"]);
    await page.click("[data-verdict=fail]");
    await page.fill("#search", "fr- title");
    expect(await ids()).toEqual(["FR-1", "FR-2.126"]);
    await page.fill("#search", "");
    await page.selectOption("#group", "thorough");
    expect(await ids()).toEqual(["UT-1"]);
    await page.selectOption("#group", "");
    await page.click("#differing");
    expect(await ids()).toEqual([]);
    await page.click("#differing");
    expect(await ids()).toHaveLength(5);
  });

  it("shows expectation, observation and the frames bit by bit, and what a peer sent only as text", async () => {
    await page.locator(".cell.fail").first().click();
    const dialog = page.locator("dialog[open]");
    await expect.poll(() => dialog.count()).toBe(1);
    expect(await dialog.locator(".side").allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining("Everything is echoed."), expect.stringContaining("</script>")]),
    );
    const echo = dialog.locator(".log li", { hasText: "Hello" }).first();
    expect(await echo.locator(".bits code").allTextContents()).toEqual(["1", "0", "0", "0", "0001", "0", "0000101"]);
    const lie = dialog.locator(".log li", { hasText: "64-bit length 9223372036854775808" });
    expect(await lie.count()).toBe(1);
    expect(await dialog.locator(".log").textContent()).toContain("more");
    expect(await page.locator("img").count()).toBe(0);
    await picture("detail-wide");
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe("#first server/FR-2.126");
  });

  it("steps to the next case, to another testee, to another run, and closes with Escape", async () => {
    const dialog = page.locator("dialog[open]");
    await dialog.getByRole("button", { name: "Next" }).click();
    await expect.poll(() => dialog.locator("h2").textContent()).toContain("SH-4");
    await dialog.getByRole("tab", { name: "second" }).click();
    await expect.poll(() => decodeURIComponent(new URL(page.url()).hash)).toBe("#second server/SH-4");
    await dialog.getByRole("tab", { name: "in one write" }).click();
    await expect.poll(() => decodeURIComponent(new URL(page.url()).hash)).toBe("#second server/SH-4/0");
    await page.keyboard.press("Escape");
    await expect.poll(() => dialog.count()).toBe(0);
    await expect.poll(() => new URL(page.url()).hash).toBe("");
  });

  it("fits a narrow screen without scrolling sideways, light and dark", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow).toBeLessThanOrEqual(0);
      await picture(`matrix-narrow-${colorScheme}`);
      await page.locator(".cell.fail").first().click();
      await expect.poll(() => page.locator("dialog[open] .log li").count()).toBeGreaterThan(5);
      expect(await page.evaluate("(d => d.scrollWidth - d.clientWidth)(document.querySelector('dialog'))")).toBe(0);
      await picture(`detail-narrow-${colorScheme}`);
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator("dialog[open]").count()).toBe(0);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await picture("matrix-wide-dark");
  });

  it("raised no error and asked the network for nothing", () => {
    expect(problems).toEqual([]);
  });
});
