import { describe, expect, it } from "vitest";
import { LENT, LENT_CHUNK, type PeerInfo, PromiseSocket } from "../src/index.ts";

/** A runtime's stream of promises: what is begun waits until the test says how it came out. */
class ScriptedStream extends PromiseSocket {
  readonly log: string[] = [];
  /** Reads that are begun, and what the handler does with a chunk. */
  reads = 0;
  onChunk: () => void = () => {};
  /** How often its memory for reads was given back. */
  released = 0;

  constructor() {
    super();
    const { input } = this;
    const { release } = input;
    input.release = () => {
      this.released++;
      release.call(input);
    };
  }

  /** How many bytes the next read may bring. */
  get room(): number {
    return this.input.bytes.length;
  }

  protected beginRead(): void {
    this.reads++;
  }

  protected beginWrite(bytes: Uint8Array): void {
    this.log.push(`write ${Buffer.from(bytes)}`);
  }

  protected beginEnd(): void {
    this.log.push("fin");
  }

  protected closeNow(): void {
    this.log.push("close");
  }

  protected override didClose(): void {
    this.log.push("did close");
  }

  peer(): PeerInfo {
    return { secure: false };
  }

  /** The read that is begun brings these characters, the peer's FIN (null), or fails. */
  async arrive(outcome: string | null | Error): Promise<void> {
    if (typeof outcome === "string") {
      Buffer.from(this.input.bytes.buffer).write(outcome, this.input.bytes.byteOffset);
      this.didRead(outcome.length);
    } else {
      this.didRead(outcome);
    }
    await settled();
  }

  /** The write that is begun takes so many bytes, or fails. */
  written(outcome: number | Error): void {
    this.didWrite(outcome);
  }

  /** FIN is sent, or could not be. */
  finSent(): void {
    this.didEnd();
  }
}

async function settled(): Promise<void> {
  for (let ticks = 0; ticks < 5; ticks++) await undefined;
}

function started(): ScriptedStream {
  const stream = new ScriptedStream();
  stream.start({
    onBytes: (chunk, memory) => {
      expect(memory).toBe(LENT_CHUNK);
      stream.log.push(`bytes ${Buffer.from(chunk)}`);
      stream.onChunk();
    },
    onWritable: () => stream.log.push("writable"),
    onEnd: () => stream.log.push("end"),
    onClose: (reason) => stream.log.push(`gone${reason === undefined ? "" : `: ${reason.message}`}`),
  });
  return stream;
}

describe("PromiseSocket reads", () => {
  it("one chunk after the other, whatever the handler does with the pause", async () => {
    const stream = started();
    const begun: number[] = [];
    stream.onChunk = () => {
      // Its memory is being looked at: no read may begin into it.
      stream.pause();
      stream.resume();
      begun.push(stream.reads);
    };
    await stream.arrive("ab");
    expect(begun).toEqual([1]);
    expect(stream.reads).toBe(2);
    stream.resume();
    expect(stream.reads).toBe(2);
    await stream.arrive("cd");
    expect(stream.log).toEqual(["bytes ab", "bytes cd"]);
    expect(stream.reads).toBe(3);
  });

  it("into larger memory once what there is was filled", async () => {
    const stream = started();
    const small = stream.room;
    await stream.arrive("x".repeat(small));
    expect(stream.log).toEqual([`bytes ${"x".repeat(small)}`]);
    expect(stream.room).toBeGreaterThan(small);
  });

  it("no more while it is paused, and holds back what a read that was begun brings", async () => {
    const stream = started();
    stream.pause();
    await stream.arrive("ab");
    expect(stream.log).toEqual([]);
    stream.resume();
    // Never from within a call to the socket.
    expect(stream.log).toEqual([]);
    stream.pause();
    await settled();
    expect(stream.log).toEqual([]);
    stream.resume();
    await settled();
    expect(stream.log).toEqual(["bytes ab"]);
    expect(stream.reads).toBe(2);
  });

  it("no more where the handler pauses, until it resumes", async () => {
    const stream = started();
    stream.onChunk = () => stream.pause();
    await stream.arrive("ab");
    expect(stream.reads).toBe(1);
    stream.resume();
    expect(stream.reads).toBe(2);
  });

  it("the peer's FIN after a pause, once, and then no more", async () => {
    const stream = started();
    stream.pause();
    await stream.arrive(null);
    expect(stream.log).toEqual([]);
    stream.resume();
    await settled();
    stream.pause();
    stream.resume();
    await settled();
    expect(stream.log).toEqual(["end"]);
    expect(stream.reads).toBe(1);
  });
});

describe("PromiseSocket writes", () => {
  it("on where a part was taken, and tells when all was", () => {
    const stream = started();
    expect(stream.write(Buffer.from("abcdef"))).toBe(LENT);
    stream.written(2);
    stream.written(3);
    stream.written(1);
    expect(stream.log).toEqual(["write abcdef", "write cdef", "write f", "writable"]);
  });

  it("nothing where there is nothing to write", () => {
    const stream = started();
    expect(stream.write(new Uint8Array(0))).toBe(0);
    expect(stream.log).toEqual([]);
  });

  it("FIN once, behind the data, and nothing after it", () => {
    const stream = started();
    stream.write(Buffer.from("abc"));
    stream.end();
    stream.end();
    expect(stream.write(Buffer.from("de"))).toBe(2);
    stream.written(1);
    stream.written(2);
    expect(stream.log).toEqual(["write abc", "write bc", "fin"]);
  });

  it("FIN at once where nothing is being written", () => {
    const stream = started();
    stream.end();
    expect(stream.log).toEqual(["fin"]);
  });
});

describe("PromiseSocket closes", () => {
  for (const [name, first, second] of [
    ["the peer's FIN before ours", "peer", "own"],
    ["our FIN before the peer's", "own", "peer"],
  ] as const) {
    it(`once both directions have ended: ${name}`, async () => {
      const stream = started();
      stream.end();
      const ends = { peer: () => stream.arrive(null), own: async () => stream.finSent() };
      await ends[first]();
      expect(stream.log).not.toContain("close");
      await ends[second]();
      await settled();
      expect(stream.log.slice(-3)).toEqual(["close", "gone", "did close"]);
    });
  }

  it("once, and tells when the read that is pending has failed, last of all", async () => {
    const stream = started();
    stream.write(Buffer.from("abc"));
    stream.destroy();
    stream.destroy();
    stream.end();
    await settled();
    expect(stream.log).toEqual(["write abc", "close"]);
    stream.written(new Error("closed"));
    await stream.arrive(new Error("closed"));
    expect(stream.log).toEqual(["write abc", "close", "gone", "did close"]);
  });

  it("without a pending read: tells it, but never from within the call, and no chunk after it", async () => {
    const stream = started();
    stream.pause();
    await stream.arrive("ab");
    stream.resume();
    stream.destroy();
    expect(stream.log).toEqual(["close"]);
    await settled();
    expect(stream.log).toEqual(["close", "gone", "did close"]);
  });

  it("where a read fails, with the reason", async () => {
    const stream = started();
    await stream.arrive(new Error("connection reset"));
    expect(stream.log).toEqual(["close", "gone: connection reset", "did close"]);
  });

  it("where a write fails, with the reason, once the read that is pending has failed, too", async () => {
    const stream = started();
    stream.write(Buffer.from("abc"));
    stream.written(new Error("broken pipe"));
    await settled();
    expect(stream.log).toEqual(["write abc", "close"]);
    await stream.arrive(new Error("closed"));
    expect(stream.log).toEqual(["write abc", "close", "gone: broken pipe", "did close"]);
  });

  it("from within a chunk: no read begins any more, and its memory goes back once", async () => {
    const stream = started();
    stream.onChunk = () => stream.destroy();
    await stream.arrive("ab");
    expect(stream.log).toEqual(["bytes ab", "close", "gone", "did close"]);
    expect(stream.reads).toBe(1);
    expect(stream.released).toBe(1);
  });
});
