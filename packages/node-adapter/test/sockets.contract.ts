import { socketContract } from "@samewire/connection/testing/socket-contract";
import { dial, listen } from "@samewire/node/sockets";
import { testCertificate } from "../../node-builtins/test/test-certificate.ts";

const host = "127.0.0.1";

socketContract({
  name: "node TCP",
  secure: false,
  listen: (accept) => listen({ host }, accept),
  dial: (port, signal, attach) => dial({ host, port, signal, tls: undefined, path: undefined }, attach),
});

const { cert, key } = await testCertificate();

socketContract({
  name: "node TLS",
  secure: true,
  listen: (accept) => listen({ host, tls: { cert, key }, handshakeTimeout: 1000 }, accept),
  dial: (port, signal, attach) => dial({ host, port, signal, tls: { ca: cert }, path: undefined }, attach),
});
