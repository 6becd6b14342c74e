import type { Sample } from './metric-text.ts';

export interface Histogram {
  /** Upper ones, ascending; what is above the last is in none of them. */
  readonly bounds: readonly number[];
  /** How many were at most as large as the bound at the same place. */
  readonly within: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export function emptyHistogram(bounds: readonly number[]): Histogram {
  return { bounds, within: bounds.map(() => 0), count: 0, sum: 0 };
}

export function withValue({ bounds, within, count, sum }: Histogram, value: number): Histogram {
  const next = bounds.map((bound, at) => (within[at] ?? 0) + (value <= bound ? 1 : 0));
  return { bounds, within: next, count: count + 1, sum: sum + value };
}

export function histogramSamples(
  labels: Sample['labels'],
  { bounds, within, count, sum }: Histogram,
): readonly Sample[] {
  const bucket = (le: string, value: number): Sample => ({ suffix: '_bucket', labels: { ...labels, le }, value });
  return [
    ...bounds.map((bound, at) => bucket(String(bound), within[at] ?? 0)),
    bucket('+Inf', count),
    { suffix: '_sum', labels, value: sum },
    { suffix: '_count', labels, value: count },
  ];
}
