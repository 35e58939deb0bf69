/** workerd's side: a Worker that `workerd test` runs once, and whose files are a service of its configuration. */
import { pakoEngine } from "@samewire/connection";
import { side } from "../_side.ts";

interface Env {
  readonly args: readonly string[];
  /** The folder: GET reads a file and PUT writes one. */
  readonly folder: Fetcher;
}

export default {
  async test(_controller, { args, folder }) {
    async function ask(name: string, init?: RequestInit): Promise<Uint8Array> {
      const response = await folder.fetch(`http://folder/${name}`, init);
      if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
      return new Uint8Array(await response.arrayBuffer());
    }
    const write = async (name: string, body: Uint8Array): Promise<void> =>
      void (await ask(name, { method: "PUT", body }));
    await side([{ name: "pako", engine: pakoEngine() }], { read: ask, write }, args);
  },
} satisfies ExportedHandler<Env>;
