import { socketContract } from "@samewire/connection/testing/socket-contract";
import { dial, listen } from "./_duplex-adapter.ts";

const host = "127.0.0.1";

socketContract({
  name: "the fifth adapter",
  secure: false,
  listen: (accept) => listen(host, accept),
  dial: (port, signal, attach) => dial({ host, port, signal, tls: undefined, path: undefined }, attach),
});
