import { type Browser, chromium } from "playwright-core";
import { chromiumFlags } from "../../../scripts/chromium-flags.mjs";
import { toolPath } from "../../../scripts/system-tools.mjs";

/** Debian's Chromium, without what it would ask of the network in the background. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: toolPath("chromium"),
    args: chromiumFlags,
  });
}
