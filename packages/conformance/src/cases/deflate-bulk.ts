import { type CaseContext, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { binaryMessage, closeNormally, type Expected, expectAll, textMessage } from "../expectations.ts";
import type { DeflateParameters } from "../wire/deflate-parameters.ts";
import { BULK_DATA, type BulkData } from "./bulk-data.ts";
import { compressed, openDeflated } from "./deflate-session.ts";

const KIB = 1024;
const SIZES = [16, 64, 256, KIB, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB, 128 * KIB];
/** Message and fragment sizes of the fragmented sets. */
const FRAGMENTED = [
  [8 * KIB, 256],
  [16 * KIB, 256],
  [32 * KIB, 256],
  [64 * KIB, 256],
  [128 * KIB, 256],
  [128 * KIB, KIB],
  [128 * KIB, 4 * KIB],
  [128 * KIB, 32 * KIB],
] as const;
/** Messages are sent in batches of about so many bytes, each echoed before the next goes out. */
const BATCH = 256 * KIB;

const PARAMETERS: readonly (readonly [title: string, wanted: Partial<DeflateParameters>])[] = [
  ["no parameter", {}],
  ["server_no_context_takeover", { serverNoTakeover: true }],
  ["client_no_context_takeover", { clientNoTakeover: true }],
  ["both no_context_takeover", { serverNoTakeover: true, clientNoTakeover: true }],
  ["server_max_window_bits=9", { serverBits: 9 }],
  ["server_max_window_bits=15", { serverBits: 15 }],
  ["client_max_window_bits=9", { clientBits: 9 }],
  ["server_no_context_takeover and both window bits 9", { serverNoTakeover: true, serverBits: 9, clientBits: 9 }],
  ["all four, window bits 12", { serverNoTakeover: true, clientNoTakeover: true, serverBits: 12, clientBits: 12 }],
];

interface Bulk {
  readonly data: BulkData;
  readonly size: number;
  /** Bytes of compressed payload in a frame; 0 for one frame a message. */
  readonly fragment: number;
  readonly count: number;
  readonly wanted: Partial<DeflateParameters>;
}

async function runBulk(context: CaseContext, { data, size, fragment, count, wanted }: Bulk): Promise<void> {
  const { peer, deflater } = await openDeflated(context, wanted);
  const perBatch = Math.max(1, Math.floor(BATCH / size));
  for (let sent = 0; sent < count; ) {
    const batch = Array.from({ length: Math.min(perBatch, count - sent) }, (_, index) => data.take(size, sent + index));
    sent += batch.length;
    const frames = batch.flatMap((message) => {
      const payload = deflater.encode(message);
      return compressed(data.text ? 1 : 2, payload, cutsOf(payload.length, fragment));
    });
    const expected = batch.map((message): Expected => (data.text ? textMessage(message) : binaryMessage(message)));
    await Promise.all([peer.send(...frames), expectAll(peer, ...expected)]);
  }
  await closeNormally(peer);
}

function cutsOf(length: number, fragment: number): number[] {
  if (fragment === 0) return [];
  return Array.from({ length: Math.ceil(length / fragment) - 1 }, (_, index) => (index + 1) * fragment);
}

function bulkCase(id: string, group: "core" | "thorough", parameters: string, bulk: Bulk): ConformanceCase[] {
  const { data, size, fragment, count } = bulk;
  const frames = fragment === 0 ? "" : `, compressed and then cut into frames of ${fragment}`;
  return defineCase({
    id,
    title: `${count} messages of ${size} bytes of ${data.name}${frames}, ${parameters}`,
    section: "RFC 7692 7",
    group,
    roles: ROLES,
    covers: ["DF-30"],
    needs: { compression: true, maxMessageSize: size },
    timeout: 120_000,
    input: `${count} compressed messages of ${size} bytes: ${data.name}${frames}; ${parameters}.`,
    expectation: "Every message is echoed, and every compressed echo inflates within what was agreed.",
    run: (context) => runBulk(context, bulk),
  });
}

/** How many messages of a size a thorough set has: 1,000 like the classic suite's, as long as they come to 2 MiB at most. */
function thoroughCount(size: number): number {
  return Math.min(1_000, Math.floor((2 * KIB * KIB) / size));
}

const first = BULK_DATA[0] as BulkData;

/** Many messages of many sizes, kinds and parameters: the counterpart of the classic suite's groups 12 and 13. */
export const deflateBulkCases: readonly ConformanceCase[] = [
  ...PARAMETERS.flatMap(([title, wanted], set) => [
    ...[16, KIB, 32 * KIB, 128 * KIB].flatMap((size, index) => {
      const data = BULK_DATA[(set + index) % BULK_DATA.length] as BulkData;
      const bulk = { data, size, fragment: 0, count: size > 16 * KIB ? 8 : 50, wanted };
      return bulkCase(`DF-50.${set + 1}.${index + 1}`, "core", title, bulk);
    }),
    ...bulkCase(`DF-50.${set + 1}.5`, "core", title, { data: first, size: 64 * KIB, fragment: 256, count: 5, wanted }),
    ...SIZES.flatMap((size, index) =>
      bulkCase(`DF-52.${set + 1}.${index + 1}`, "thorough", title, {
        data: first,
        size,
        fragment: 0,
        count: thoroughCount(size),
        wanted,
      }),
    ),
    ...FRAGMENTED.flatMap(([size, fragment], index) =>
      bulkCase(`DF-52.${set + 1}.${index + 11}`, "thorough", title, {
        data: first,
        size,
        fragment,
        count: thoroughCount(size),
        wanted,
      }),
    ),
  ]),
  ...BULK_DATA.slice(1).flatMap((data, kind) =>
    [...SIZES.map((size) => [size, 0] as const), ...FRAGMENTED].flatMap(([size, fragment], index) =>
      bulkCase(`DF-51.${kind + 2}.${index + 1}`, "thorough", "no parameter", {
        data,
        size,
        fragment,
        count: thoroughCount(size),
        wanted: {},
      }),
    ),
  ),
];
