import { generate } from "selfsigned";

/** PEM of a certificate for `localhost` and 127.0.0.1, which is its own issuer, made anew for each run. */
export async function testCertificate(
  names: readonly string[] = ["localhost"],
): Promise<{ cert: string; key: string }> {
  const altNames = [...names.map((value) => ({ type: 2 as const, value })), { type: 7 as const, ip: "127.0.0.1" }];
  const made = await generate([{ name: "commonName", value: names[0] as string }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    extensions: [
      // Deno refuses the certificate of an authority as a server's own; without the flag it may be both everywhere.
      { name: "basicConstraints", cA: false },
      { name: "subjectAltName", altNames },
    ],
  });
  return { cert: made.cert, key: made.private };
}
