/** The adapters' public surfaces, as the compiler sees them: the same names and options, but for what is listed here. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Everything in which an adapter may differ from the others; `docs/guide.md` and the runtimes' own pages say why. */
const own = {
  node: { names: ["ClientTls", "ListenOptions", "ServerTls"], listen: ["backlog", "host", "path", "port", "tls"] },
  bun: { names: ["BunTls", "ListenOptions"], listen: ["host", "path", "port", "reusePort", "tls"] },
  deno: { names: ["DenoTls", "DenoTlsNative", "ListenOptions"], listen: ["host", "path", "port", "reusePort", "tls"] },
  // Where to listen is workerd's configuration; there is no `node:http` to attach to, and no Unix socket to dial.
  workers: { names: ["Hub", "HubCalls", "HubStub", "WorkersServer", "WorkersTls"], listen: ["binding"] },
} as const;

type Name = keyof typeof own;
const names = Object.keys(own) as Name[];
const attachNames = ["AttachOptions", "AttachedServer", "Unmatched", "UpgradableServer", "attach"];

interface Surface {
  readonly checker: ts.TypeChecker;
  readonly exports: ReadonlyMap<string, ts.Symbol>;
}

function surfaceOf(adapter: Name): Surface {
  const folder = join(root, `packages/${adapter}-adapter`);
  const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const entry = join(folder, "src/index.ts");
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile) as ts.Symbol;
  const exports = new Map(
    checker.getExportsOfModule(module).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return [symbol.name, target] as const;
    }),
  );
  return { checker, exports };
}

const surfaces = new Map(names.map((name) => [name, surfaceOf(name)]));
const surface = (name: Name): Surface => surfaces.get(name) as Surface;

/** The property names of an exported type, its parts joined. */
function properties({ checker, exports }: Surface, type: string): string[] {
  const symbol = exports.get(type);
  if (symbol === undefined) throw new Error(`${type} is not exported`);
  return checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    .map(({ name }) => name)
    .sort();
}

/** Where a symbol is declared. */
function file(symbol: ts.Symbol): string {
  return (symbol.declarations?.[0]?.getSourceFile().fileName ?? "").slice(root.length);
}

describe("the adapters' public surfaces", () => {
  it.each(names)("%s exports the shared names, those listed as its own, and nothing else", (name) => {
    const { exports } = surface(name);
    const shared = [...exports.keys()].filter((key) =>
      file(exports.get(key) as ts.Symbol).match(/packages\/(codec|connection)\//),
    );
    expect(shared.length).toBeGreaterThan(30);
    const attach = name === "workers" ? [] : attachNames;
    const rest = [...exports.keys()].filter((key) => !shared.includes(key)).sort();
    expect(rest).toEqual(["ConnectOptions", "ServeOptions", "connect", "serve", ...attach, ...own[name].names].sort());
  });

  it.each(names)("%s shares each of those names with the others: one declaration for all", (name) => {
    const reference = surface("node").exports;
    const { exports } = surface(name);
    for (const [key, symbol] of reference) {
      const declared = file(symbol);
      if (!/packages\/(codec|connection|node-builtins)\//.test(declared)) continue;
      if (name === "workers" && attachNames.includes(key)) continue;
      expect([key, file(exports.get(key) as ts.Symbol)]).toEqual([key, declared]);
    }
  });

  it.each(names)("serve on %s takes every handler and policy option, and how to listen", (name) => {
    const common = properties(surface(name), "ServerPolicy").concat(properties(surface(name), "ServerHandlers"));
    expect(common.length).toBeGreaterThan(30);
    expect(properties(surface(name), "ServeOptions")).toEqual([...common, ...own[name].listen].sort());
  });

  it.each(names)("connect on %s takes every option and handler of a client", (name) => {
    const common = properties(surface(name), "ClientOptions").concat(properties(surface(name), "ClientHandlers"));
    const dialling = name === "workers" ? ["tls"] : ["path", "tls"];
    expect(properties(surface(name), "ConnectOptions")).toEqual([...common, ...dialling].sort());
  });

  it("connect, serve and attach have the same number of parameters everywhere", () => {
    const parameters = (name: Name, key: string): number | undefined => {
      const { checker, exports } = surface(name);
      const symbol = exports.get(key);
      if (symbol === undefined) return undefined;
      return checker.getTypeOfSymbol(symbol).getCallSignatures()[0]?.parameters.length;
    };
    for (const name of names) {
      expect(parameters(name, "connect")).toBe(2);
      expect(parameters(name, "serve")).toBe(1);
      if (name !== "workers") expect(parameters(name, "attach")).toBe(2);
    }
  });
});
