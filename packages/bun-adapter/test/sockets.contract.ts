import { dial, listen } from "@samewire/bun/sockets";
import { socketContract } from "@samewire/connection/testing/socket-contract";
import { testCertificate } from "../../node-builtins/test/test-certificate.ts";

const host = "127.0.0.1";

socketContract({
  name: "bun TCP",
  secure: false,
  listen: (accept) => listen({ host }, accept),
  dial: (port, signal, attach) => dial({ host, port, signal, tls: undefined, path: undefined }, attach),
});

const { cert, key } = await testCertificate();

socketContract({
  name: "bun TLS",
  secure: true,
  listen: (accept) => listen({ host, tls: { cert, key } }, accept),
  dial: (port, signal, attach) => dial({ host, port, signal, tls: { ca: cert }, path: undefined }, attach),
});
