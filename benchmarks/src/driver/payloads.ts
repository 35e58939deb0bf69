/** Reproducible content: a small linear congruential generator (Numerical Recipes' constants), seeded per message. */
export function* randomWords(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

const WORDS =
  "the of and to in is it you that he was for on are with as his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find".split(
    " ",
  );

function text(seed: number, length: number, words: readonly string[]): string {
  const random = randomWords(seed);
  let line = "";
  while (line.length < length) line += `${words[random.next().value % words.length]} `;
  return line.slice(0, length);
}

const encoder = new TextEncoder();

/** Exactly `size` octets; different for every `seed`. */
export function payload(kind: "binary" | "ascii" | "mixed" | "json", size: number, seed: number): Uint8Array {
  if (kind === "binary") {
    const bytes = new Uint8Array(size);
    const random = randomWords(seed);
    for (let at = 0; at < size; at += 1) bytes[at] = random.next().value;
    return bytes;
  }
  if (kind === "ascii") return encoder.encode(text(seed, size, WORDS));
  if (kind === "mixed") {
    const bytes = encoder.encode(text(seed, size, [...WORDS.slice(0, 12), "naïve", "café", "日本語", "straße", "😀"]));
    // Cut at a character's start and fill up, so that the text stays valid and the size exact.
    let end = size;
    while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
    const exact = new Uint8Array(size).fill(0x2e);
    exact.set(bytes.subarray(0, end));
    return exact;
  }
  return json(size, seed);
}

/** A message as applications send it: a few fields of changing values and a body of words. */
function json(size: number, seed: number): Uint8Array {
  const random = randomWords(seed);
  const next = (below: number): number => random.next().value % below;
  const message = {
    type: "message",
    id: next(16_777_216).toString(16).padStart(6, "0") + next(16_777_216).toString(16).padStart(6, "0"),
    channel: `room-${next(500)}`,
    user: { id: next(100_000), name: WORDS[next(WORDS.length)], roles: ["member", "editor"].slice(0, 1 + next(2)) },
    at: new Date(1_760_000_000_000 + next(16_000_000) * 1000).toISOString(),
    metrics: Array.from({ length: 8 }, () => next(100_000) / 100),
    body: "",
  };
  const without = encoder.encode(JSON.stringify(message)).length;
  message.body = text(seed + 1, Math.max(0, size - without), WORDS);
  return encoder.encode(JSON.stringify(message).padEnd(size));
}
