/** What a user needs: the permissions that the documentation names and no other, and a package that JSR would take. */
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";

// Suites run in the package's folder.
const folder = Deno.cwd();

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

async function deno(args: string[], cwd: string, input = ""): Promise<Outcome> {
  // Not by node:child_process, which adds permissions where it recognizes Deno.
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

describe("permissions", () => {
  const program = (where: string): string => `
    import { connect, serve } from "@samewire/deno";
    const where = ${where};
    const server = await serve({ ...where, compression: true, message: (socket, message) => { socket.send(message); } });
    const socket = await connect(where.path ? "ws://localhost/" : server.url, { path: where.path, compression: true });
    socket.send("x".repeat(5000));
    console.log((await socket.receive()).length, socket.extensions.length);
    await socket.close();
    await server.drain();`;
  const run = (flags: string[], where: string): Promise<Outcome> =>
    deno(["run", "--no-prompt", "--no-lock", ...flags, "-"], folder, program(where));

  test("TCP needs --allow-net for its address, and nothing else", { timeout: 30_000 }, async () => {
    const tcp = '{ host: "127.0.0.1" }';
    assert.deepEqual(await run(["--allow-net=127.0.0.1"], tcp), { code: 0, output: "5000 1\n" });
    const { code, output } = await run([], tcp);
    assert.notEqual(code, 0);
    assert.match(output, /Requires net access to "127\.0\.0\.1:0"/);
  });

  test("a Unix socket needs to read and write its path besides", { timeout: 30_000 }, async () => {
    const sockets = await mkdtemp(join(tmpdir(), "samewire-"));
    const unix = JSON.stringify({ path: join(sockets, "socket") });
    const flags = [`--allow-net=unix:${sockets}/socket`, `--allow-read=${sockets}`, `--allow-write=${sockets}`];
    assert.deepEqual(await run(flags, unix), { code: 0, output: "5000 1\n" });
    for (const missing of flags) {
      const { code, output } = await run(
        flags.filter((flag) => flag !== missing),
        unix,
      );
      assert.notEqual(code, 0);
      assert.match(output, /NotCapable/);
    }
    await rm(sockets, { recursive: true });
  });
});

describe("JSR", () => {
  test("a dry run of publishing has nothing to complain about", { timeout: 60_000 }, async () => {
    // Outside of the workspace, with what is on npm once all packages are published.
    const copy = await mkdtemp(join(tmpdir(), "samewire-jsr-"));
    const modules = join(copy, "node_modules");
    await cp(join(folder, "src"), join(copy, "src"), { recursive: true });
    for (const name of ["jsr.json", "README.md"]) await cp(join(folder, name), join(copy, name));
    await cp(join(folder, "../../LICENSE"), join(copy, "LICENSE"));
    const dependencies: Record<string, string> = {};
    for (const name of ["codec", "connection", "node-builtins"]) {
      const target = join(modules, "@samewire", name);
      await mkdir(target, { recursive: true });
      await cp(join(folder, "..", name, "dist"), join(target, "dist"), { recursive: true });
      const described = await readFile(join(folder, "..", name, "package.json"), "utf8");
      await writeFile(join(target, "package.json"), described.replaceAll("workspace:^", "^0.1.0"));
      dependencies[`@samewire/${name}`] = "^0.1.0";
    }
    await symlink(join(folder, "../connection/node_modules/pako"), join(modules, "pako"));
    await symlink(join(folder, "../../node_modules/@types"), join(modules, "@types"));
    await writeFile(join(copy, "package.json"), JSON.stringify({ dependencies }));
    const { code, output } = await deno(
      ["publish", "--dry-run", "--allow-dirty", "--node-modules-dir=manual", "--no-lock"],
      copy,
    );
    assert.equal(code, 0, output);
    assert.match(output, /Success|Dry run/i);
    assert.doesNotMatch(output, /warning|error/i);
    await rm(copy, { recursive: true });
  });
});
