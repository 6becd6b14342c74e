import type { Problem } from './problem.ts';

interface FindingsProps {
  /** The file that is edited; in others nothing can be gone to here. */
  readonly own: string;
  readonly problems: readonly Problem[];
  /** What else is wrong, with no place. */
  readonly errors: readonly string[];
  readonly onGoTo: (line: number, column: number) => void;
}

/** What is wrong, in the order of the file; each leads to its place. */
export function Findings({ own, problems, errors, onGoTo }: FindingsProps) {
  const wrong = problems.filter(({ severity }) => severity === 'error').length + errors.length;
  return (
    <section class="findings" aria-label="Problems">
      <p role="status" data-hue={wrong > 0 ? 'bad' : 'good'}>
        {wordsFor(wrong, problems.length + errors.length - wrong)}
      </p>
      <ul class="plain">
        {errors.map((error) => (
          <li key={error} data-hue="bad">
            {error}
          </li>
        ))}
        {problems.map((problem, at) => (
          <li key={at} data-hue={problem.severity === 'error' ? 'bad' : 'warn'}>
            <Place own={own} problem={problem} onGoTo={onGoTo} /> {problem.severity === 'warning' && 'Warning: '}
            {problem.message}
            {problem.hint !== null && <span class="soft">; {problem.hint}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Place({ own, problem, onGoTo }: { readonly problem: Problem } & Pick<FindingsProps, 'own' | 'onGoTo'>) {
  const { file, line, column } = problem;
  if (line === null) return null;
  if (file !== null && file !== own)
    return (
      <span class="mono">
        {file}:{line}
      </span>
    );
  return (
    <button type="button" class="bare mono" onClick={() => onGoTo(line, column ?? 1)}>
      Line {line}
    </button>
  );
}

function wordsFor(wrong: number, warnings: number): string {
  const also = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  if (wrong === 0) return `The file is valid${also}.`;
  return `${wrong} ${wrong === 1 ? 'problem' : 'problems'}${also}.`;
}
