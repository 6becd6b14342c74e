/** Ours and what it is measured against, as functions that take one sample in ms. */
export interface Comparison {
  readonly name: string;
  /** At most this many times the other, from the design; null where nothing is promised. */
  readonly target: number | null;
  readonly rounds: number;
  ours(): number | Promise<number>;
  theirs(): number | Promise<number>;
  /** Said behind the ratio, after the last round. */
  note?(): string;
}

/** A thing measured alone, against a promise in its own unit; null where nothing is promised. */
export interface Reading {
  readonly name: string;
  readonly value: number;
  readonly target: number | null;
  readonly unit: string;
  readonly note: string;
}

export interface Group {
  readonly name: string;
  readonly about: string;
  comparisons(): Promise<readonly Comparison[]> | readonly Comparison[];
  readings?(): Promise<readonly Reading[]>;
}

export interface Result {
  readonly name: string;
  readonly ratio: number;
  readonly target: number | null;
  readonly line: string;
}

/**
 * A B A B …, so that whatever else the machine does strikes both alike. One round before the first one warms caches and is thrown
 * away. The ratio is of the medians; the spread is the middle half of the rounds' own ratios.
 */
export async function compare(comparison: Comparison): Promise<Result> {
  const { name, target, rounds } = comparison;
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const samples = [await comparison.ours(), await comparison.theirs()] as const;
    if (round < 0) continue;
    ours.push(samples[0]);
    theirs.push(samples[1]);
  }
  const ratio = median(ours) / median(theirs);
  const ratios = ours.map((sample, index) => sample / (theirs[index] ?? Number.NaN));
  const spread = `${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)}`;
  const times = `${formatMs(median(ours))} / ${formatMs(median(theirs))}`;
  const note = comparison.note?.() ?? '';
  const line = `${name.padEnd(34)} ${ratio.toFixed(2).padStart(6)} ×  (${spread})  ${times.padEnd(21)} ${verdict(ratio, target, '×')}`;
  return { name, ratio, target, line: note === '' ? line : `${line}; ${note}` };
}

export function formatReading({ name, value, target, unit, note }: Reading): string {
  const tail = verdict(value, target, ` ${unit}`);
  return `${name.padEnd(34)} ${value.toFixed(1).padStart(6)} ${unit}  ${note.padEnd(35)} ${tail}`;
}

/** Whether a promise was kept, and by how much it was missed. */
export function verdict(value: number, target: number | null, unit: string): string {
  if (target === null) return 'nothing promised';
  const kept = `at most ${target}${unit}`;
  return value <= target ? `ok, ${kept}` : `MISSED by ${Math.round((value / target - 1) * 100)} %, ${kept}`;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between two samples it is interpolated. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : ms < 10_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
