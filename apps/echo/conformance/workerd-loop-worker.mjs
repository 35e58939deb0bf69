import { connect } from "@samewire/workers";
import { runCases } from "../dist/loop.js";

export default {
  /** Runs every case of the suite at `base`, and answers when all have ended. */
  async fetch(/** @type {Request} */ request) {
    const base = new URL(request.url).searchParams.get("base") ?? "";
    await runCases(connect, base);
    return new Response("done\n");
  },
};
