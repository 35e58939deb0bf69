import { socketContract } from "@samewire/connection/testing/socket-contract";
import { dial, listen } from "./_streams.ts";
import { testCertificate } from "./test-certificate.ts";

const host = "127.0.0.1";

socketContract({
  name: "node:net",
  secure: false,
  listen: (accept) => listen(accept),
  dial: (port, signal, attach) => dial({ host, port, signal, tls: undefined, path: undefined }, attach),
});

// Deno's `node:tls` breaks the contract (2.9.6): `write` buffers without end and says that all has left, a FIN behind a
// pause and a reset are never reported. Its own TLS is what `@samewire/deno` serves with; the documentation says so.
if (!("deno" in process.versions)) {
  const { cert, key } = await testCertificate();

  socketContract({
    name: "node:tls",
    secure: true,
    listen: (accept) => listen(accept, { cert, key }),
    dial: (port, signal, attach) => dial({ host, port, signal, tls: { ca: cert }, path: undefined }, attach),
  });
}
