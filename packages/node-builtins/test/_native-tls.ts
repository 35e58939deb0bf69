import { test } from "node:test";
import type { Server, WebSocketConnection } from "@samewire/connection";
import { certificate, options } from "./_adapter-suite/adapter.ts";
import { testCertificate } from "./test-certificate.ts";

interface Material {
  readonly cert: string;
  readonly key: string;
}

/** An adapter whose runtime takes the same material in its own options as we do in ours. */
interface NativeAdapter {
  serve(options: {
    readonly host: string;
    readonly tls: Material & { readonly native?: Material };
  }): Promise<Server<undefined>>;
  connect(
    url: string,
    options: { readonly tls: { readonly ca: string; readonly native?: { readonly ca: string } } },
  ): Promise<WebSocketConnection>;
}

/** What is passed to the runtime as it is wins over the options that all adapters have. */
export function nativeTlsTest({ serve, connect }: NativeAdapter): void {
  test("`native` wins, in either role", options, async () => {
    const [ours, other] = await Promise.all([certificate, testCertificate()]);
    for (const [served, trusted] of [
      [{ ...other, native: ours }, { ca: ours.cert }],
      [ours, { ca: other.cert, native: { ca: ours.cert } }],
    ] as const) {
      const server = await serve({ host: "127.0.0.1", tls: served });
      const socket = await connect(`wss://127.0.0.1:${server.port}`, { tls: trusted });
      await socket.close();
      await server.close();
    }
  });
}
