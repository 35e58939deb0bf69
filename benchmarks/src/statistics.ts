/** The middle value; the mean of the two middle ones of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Four significant digits: more would only be noise in the files. */
export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : value;
}

/** A figure over all rounds; null where it was not measured. */
export interface Spread {
  readonly median: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

export function spreadOf(values: readonly number[]): Spread {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return { median: null, min: null, max: null };
  return { median: rounded(median(known)), min: rounded(Math.min(...known)), max: rounded(Math.max(...known)) };
}
