import { type Browser, chromium } from "playwright-core";
import { toolPath } from "../../../scripts/system-tools.mjs";

/** Debian's Chromium, without what it would ask of the network in the background. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: toolPath("chromium"),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
