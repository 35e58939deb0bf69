/** A client end that writes frames by hand: what a peer may send that no client of ours would. */
import type { World } from "../_world.ts";

export interface RawPeer {
  /** Frames in hex with a masking key of zeroes put in, so that payloads stay readable. */
  send(...frames: string[]): Promise<void>;
  sendBytes(first: number, payload: Uint8Array): Promise<void>;
  /** Frames that arrive together, in one chunk of at most 64 KiB; nothing runs before the test lets it. */
  write(...frames: (readonly [first: number, payload: Uint8Array])[]): void;
  /** The peer's FIN, and its reset. */
  end(): void;
  reset(): void;
  /** The frames received since, each as first byte and payload in hex. */
  received(): string[];
}

const REQUEST = [
  "GET / HTTP/1.1",
  "Host: example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
];

/** @param offer the Sec-WebSocket-Extensions header */
export async function rawPeer<C>({ clock, stream }: World<C>, offer: string): Promise<RawPeer> {
  const socket = stream();
  let bytes = Buffer.alloc(0);
  socket.handler = {
    onBytes: (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
    },
    onWritable: () => {},
    onEnd: () => {},
    onClose: () => {},
  };
  socket.write(Buffer.from(`${REQUEST.join("\r\n")}\r\nSec-WebSocket-Extensions: ${offer}\r\n\r\n`, "latin1"));
  await clock.settle();
  bytes = bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);

  const frameOf = (first: number, payload: Uint8Array): Buffer => {
    const { length } = payload;
    const head = length < 126 ? [first, 0x80 | length] : [first, 0xfe, length >> 8, length & 0xff];
    return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
  };
  const sendBytes = async (first: number, payload: Uint8Array): Promise<void> => {
    const frame = frameOf(first, payload);
    let at = 0;
    // As the stream takes it: the other side may pause.
    while (at < frame.length) {
      const taken = socket.write(frame.subarray(at));
      at += taken;
      await clock.settle();
      if (taken === 0) break;
    }
  };
  return {
    sendBytes,
    write: (...frames) => void socket.write(Buffer.concat(frames.map(([first, payload]) => frameOf(first, payload)))),
    end: () => socket.end(),
    reset: () => socket.reset(),
    async send(...frames) {
      for (const frame of frames) {
        const [first = 0, , ...payload] = Buffer.from(frame.replaceAll(" ", ""), "hex");
        await sendBytes(first, Uint8Array.from(payload));
      }
    },
    received() {
      const frames: string[] = [];
      while (bytes.length >= 2) {
        const form = bytes[1] as number;
        const length = form === 126 ? bytes.readUInt16BE(2) : form === 127 ? bytes.readUInt32BE(6) : form;
        const start = form === 126 ? 4 : form === 127 ? 10 : 2;
        if (bytes.length < start + length) break;
        const frame = bytes.subarray(start, start + length);
        frames.push(`${(bytes[0] as number).toString(16)} ${frame.toString("hex")}`.trim());
        bytes = bytes.subarray(start + length);
      }
      return frames;
    },
  };
}
