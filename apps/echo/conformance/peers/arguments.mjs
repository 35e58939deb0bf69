/** The value of `--port`, 0 if there is none. */
export function echoServerPort(argv = process.argv.slice(2)) {
  const at = argv.indexOf("--port");
  return at === -1 ? 0 : Number(argv[at + 1]);
}
