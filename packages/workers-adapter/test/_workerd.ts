/** Runs a Worker of a test in the real workerd: bundled from the sources, on ports of its own, ended by its pid. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const workerd = fileURLToPath(new URL("../../../node_modules/workerd/bin/workerd", import.meta.url));

export interface WorkerdOptions {
  /** The main module, beside this file. */
  readonly entry: string;
  /** The class of a Durable Object that it exports, bound as `HUB`. */
  readonly hub?: string;
  readonly flags?: readonly string[];
  /** Bound as text. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** PEM of an authority that outbound TLS trusts. */
  readonly trust?: string;
  readonly plugins?: readonly Plugin[];
}

export interface Workerd {
  /** Ports of the sockets `tcp` (handed to `connect`) and `http` (handed to `fetch`). */
  readonly ports: { readonly tcp: number; readonly http: number };
  /** The Unix socket beside them, handed to `connect`, too. */
  readonly path: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The modules of a Worker as one file. */
async function bundle(entry: string, plugins: readonly Plugin[]): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    mainFields: ["module", "main"],
    conditions: ["@samewire/source", "workerd"],
    external: ["cloudflare:*", "node:*"],
    plugins: [...plugins],
    logLevel: "error",
  });
  return (result.outputFiles[0] as { text: string }).text;
}

export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { entry, hub, flags = [], bindings = {}, trust, plugins = [] } = options;
  const folder = mkdtempSync(join(tmpdir(), "samewire-workerd-"));
  writeFileSync(join(folder, "worker.js"), await bundle(entry, plugins));
  const path = join(folder, "socket");
  const quoted = (text: string): string => JSON.stringify(text);
  const bound = Object.entries(bindings).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`);
  if (hub !== undefined) bound.push(`(name = "HUB", durableObjectNamespace = ${quoted(hub)})`);
  const tls = trust === undefined ? "" : `, tlsOptions = (trustedCertificates = [${quoted(trust)}])`;
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"]${tls})),
  ],
  sockets = [
    (name = "tcp", address = "127.0.0.1:0", tcp = (), service = "main"),
    (name = "unix", address = ${quoted(`unix:${path}`)}, tcp = (), service = "main"),
    (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
  ],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = [${flags.map(quoted).join(", ")}],
  durableObjectNamespaces = [${hub === undefined ? "" : `(className = ${quoted(hub)}, uniqueKey = "hub")`}],
  durableObjectStorage = (inMemory = void),
  bindings = [${bound.join(", ")}],
);
`,
  );
  const child = spawn(workerd, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { ports: await portsOf(child), path, pid: child.pid as number, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until both sockets listen. What workerd says goes into the error where they never do. */
function portsOf(child: ChildProcess): Promise<{ tcp: number; http: number }> {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      said += chunk;
      if (process.env.WORKERD_LOG !== undefined) process.stderr.write(chunk);
    });
  }
  return new Promise((resolve, reject) => {
    const ports: Record<string, number> = {};
    let text = "";
    (child.stdio[3] as Readable).on("data", (chunk) => {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop() as string;
      for (const line of lines) {
        const { event, socket, port } = JSON.parse(line);
        if (event === "listen") ports[socket] = port;
      }
      const { tcp, http } = ports;
      if (tcp !== undefined && http !== undefined) resolve({ tcp, http });
    });
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code}: ${said}`)));
  });
}
