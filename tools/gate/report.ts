/** One line of the closing table: a check counts as one, a test step as its tests. */
export interface Row {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  /** Why something was skipped, or where the whole output is. */
  readonly note?: string;
  /** Names of what failed, shown last. */
  readonly failures: readonly string[];
  /** Names of what was skipped. */
  readonly passedOver?: readonly string[];
}

/** What was run, what was not and why; then the names of what failed; then the one line that counts. */
export function formatReport(rows: readonly Row[]): string {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const line = (name: string, result: string, counts: readonly unknown[], rest: string): string =>
    `${name.padEnd(nameWidth)}  ${result.padEnd(7)}${counts.map((count) => String(count).padStart(9)).join('')}  ${rest}`.trimEnd();
  const table = rows.map(({ name, passed, failed, skipped, durationMs, note = '' }) => {
    const result = failed > 0 ? 'FAILED' : passed > 0 ? 'passed' : 'skipped';
    return line(name, result, [passed, failed, skipped], `${formatSeconds(durationMs)}  ${note}`);
  });
  const header = line('', '', ['passed', 'failed', 'skipped'], '');
  const skipped = rows.flatMap(({ name, passedOver = [] }) => passedOver.map((test) => `skipped ${name}: ${test}`));
  const failures = rows.flatMap(({ name, failures: names }) => names.map((failure) => `FAILED  ${name}: ${failure}`));
  return [header, ...table, ...block(skipped), ...block(failures), '', formatTotal(rows)].join('\n');
}

function block(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function formatTotal(rows: readonly Row[]): string {
  const sum = (key: 'passed' | 'failed' | 'skipped'): number => rows.reduce((total, row) => total + row[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}
