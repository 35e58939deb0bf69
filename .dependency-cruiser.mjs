/**
 * The import rules of docs/architecture.md, as the gate checks them. Each rule names what it is for; a new exception needs
 * a reason written beside it.
 */

/** @param {string} folder */
const sources = (folder) => `^packages/${folder}/src/`;
const tests = "(^|/)test/|\\.config\\.ts$";
const adapters = "(node|bun|deno|workers)-adapter";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    // Rule 1: codec <- connection <- node-builtins <- adapters <- apps; never back, never sideways.
    {
      name: "connection-needs-codec-only",
      comment: "connection is runtime-neutral: it knows the codec and pako, nothing else",
      severity: "error",
      from: { path: sources("connection"), pathNot: "^packages/connection/src/testing/" },
      to: { pathNot: [sources("connection"), sources("codec"), "/node_modules/pako/"] },
    },
    {
      name: "connection-testing-needs-node-modules-only",
      comment: "what connection offers to test suites may also use the node: modules that Node, Bun and Deno share",
      severity: "error",
      from: { path: "^packages/connection/src/testing/" },
      to: { pathNot: [sources("connection"), sources("codec")], dependencyTypesNot: ["core"] },
    },
    {
      name: "connection-does-not-need-its-tests",
      comment: "test equipment is a separate entry point that no application loads",
      severity: "error",
      from: { path: sources("connection"), pathNot: "^packages/connection/src/testing/" },
      to: { path: "^packages/connection/src/testing/" },
    },
    {
      name: "node-builtins-is-below-adapters",
      comment: "node-builtins holds what the node: modules give alike everywhere: codec, connection and node: only",
      severity: "error",
      from: { path: sources("node-builtins") },
      to: {
        pathNot: [sources("node-builtins"), sources("connection"), sources("codec")],
        dependencyTypesNot: ["core"],
      },
    },
    {
      name: "no-sideways-between-adapters",
      comment: "an adapter never knows another one: what two would need lives below them",
      severity: "error",
      from: { path: `^packages/${adapters}/src/` },
      to: { path: `^packages/${adapters}/`, pathNot: "^packages/$1-adapter/" },
    },
    {
      name: "adapters-know-the-layers-below-only",
      comment: "an adapter is its runtime's I/O over connection: no package from elsewhere",
      severity: "error",
      from: { path: `^packages/${adapters}/src/` },
      to: {
        pathNot: [`^packages/${adapters}/`, sources("(codec|connection|node-builtins)"), "^(cloudflare:|bun$)"],
        dependencyTypesNot: ["core"],
      },
    },
    {
      name: "workers-without-node-builtins",
      comment: "hosted Workers have no node: modules to rely on",
      severity: "error",
      from: { path: sources("workers-adapter") },
      to: { path: ["^packages/node-builtins/", "^node:"] },
    },
    {
      name: "workers-without-node-core",
      comment: "as above, for modules that resolve as Node's own",
      severity: "error",
      from: { path: sources("workers-adapter") },
      to: { dependencyTypes: ["core"], pathNot: "^cloudflare:" },
    },
    {
      name: "packages-never-import-apps",
      comment: "apps and benchmarks are on top: nothing that is published knows them",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(apps|benchmarks)/" },
    },

    // Rule 2: the codec is pure.
    {
      name: "codec-imports-nothing",
      comment: "codec has no dependency and no runtime: what it needs is passed in",
      severity: "error",
      from: { path: sources("codec") },
      to: { pathNot: sources("codec") },
    },

    // Rule 3: the order within the codec.
    {
      name: "codec-bytes-is-the-bottom",
      severity: "error",
      comment: "bytes knows bytes (and the errors and limits that every layer may name)",
      from: { path: "^packages/codec/src/bytes/" },
      to: { path: sources("codec"), pathNot: "^packages/codec/src/(bytes/|(errors|limits)\\.ts$)" },
    },
    {
      name: "codec-frame-on-bytes",
      severity: "error",
      comment: "frame knows frame and bytes",
      from: { path: "^packages/codec/src/frame/" },
      to: { path: sources("codec"), pathNot: "^packages/codec/src/((bytes|frame)/|(errors|limits)\\.ts$)" },
    },
    {
      name: "codec-message-on-frame",
      severity: "error",
      comment: "message knows frame and bytes, and of extensions only the port",
      from: { path: "^packages/codec/src/message/" },
      to: {
        path: sources("codec"),
        pathNot: "^packages/codec/src/((bytes|frame|message)/|extensions/extension\\.ts$|(errors|limits)\\.ts$)",
      },
    },
    {
      name: "codec-extensions-beside-message",
      severity: "error",
      comment: "extensions sits beside message: neither the messages nor the protocol are its business",
      from: { path: "^packages/codec/src/extensions/" },
      to: {
        path: sources("codec"),
        pathNot: "^packages/codec/src/((bytes|frame|extensions)/|handshake/header-values\\.ts$|(errors|limits)\\.ts$)",
      },
    },
    {
      name: "codec-handshake-on-bytes",
      severity: "error",
      comment: "the opening handshake knows bytes and errors, and of extensions only the port it negotiates",
      from: { path: "^packages/codec/src/handshake/" },
      to: {
        path: sources("codec"),
        pathNot: "^packages/codec/src/((bytes|handshake)/|extensions/extension\\.ts$|(errors|limits)\\.ts$)",
      },
    },
    {
      name: "no-cycles",
      comment: "a cycle means that two files are one",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "barrels-only-at-package-roots",
      comment: "index.ts is what a package shows to others; inside, each file is imported by its own name",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/" },
      to: { path: ["^packages/$1/src/index\\.ts$", "^packages/$1/src/.+/index\\.ts$"] },
    },

    // Rule 6: the judge shares nothing with what it judges.
    {
      name: "conformance-is-independent",
      comment: "the suite writes its own frames and heads, so that a codec bug cannot cancel itself out",
      severity: "error",
      from: { path: "^packages/conformance/" },
      to: { path: "^packages/", pathNot: "^packages/conformance/" },
    },
    {
      name: "nothing-needs-the-judge",
      comment: "conformance sits on top: only apps run it",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/conformance/" },
      to: { path: "^packages/conformance/" },
    },

    {
      name: "sources-do-not-need-tests",
      comment: "what is published cannot import what is not",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { path: tests },
    },
    {
      name: "no-unresolved",
      comment: "an import that leads nowhere would hide from every rule above",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^(cloudflare:|bun$|bun:|node:|jsr:|npm:)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|coverage|\\.cache|\\.turbo)/" },
    tsConfig: { fileName: "tsconfig.base.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@samewire/source", "import", "types", "node", "default"],
      extensions: [".ts", ".mjs", ".js"],
    },
  },
};
