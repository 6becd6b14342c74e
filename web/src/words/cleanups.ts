interface Cleanups {
  readonly open: number;
  readonly failed: number;
  readonly timed_out: number;
  readonly skipped: number;
  readonly lost: number;
}

/** What did not end well, children counted: `1 cleanup lost, 2 skipped`. Null: all that is over ended well. */
export function cleanupsWords({ failed, timed_out, skipped, lost }: Cleanups): string | null {
  const counts = [
    [lost, 'lost'],
    [failed, 'failed'],
    [timed_out, 'timed out'],
    [skipped, 'skipped'],
  ] as const;
  const [first, ...others] = counts.filter(([count]) => count > 0);
  if (first === undefined) return null;
  const [count, word] = first;
  const rest = others.map(([more, other]) => `, ${more} ${other}`).join('');
  return `${count} cleanup${count === 1 ? '' : 's'} ${word}${rest}`;
}
