import { useEffect, useState } from 'preact/hooks';
import { type AnswerOf, call } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { type Values, valuesOf } from './input-fields.tsx';
import type { Variable } from './variable-fields.tsx';

type Lint = AnswerOf<'POST /api/v4/projects/:id/ci/lint'>;

export interface Preview {
  /** What was said last of this ref; null: nothing yet. A question that fails takes nothing away: fields that are filled in would go with it. */
  readonly lint: Lint | null;
  readonly problem: string | null;
}

interface Asked {
  readonly ref: string;
  readonly variables: readonly Variable[];
  readonly inputs: Values;
}

/** While somebody types nothing is asked: the server compiles the file for every answer. */
const PAUSE_MS = 300;

/** What would run, as the server says, asked anew when something has changed; a question that is out of date is taken back. */
export function usePreview(project: string, asked: Asked): Preview {
  const [preview, setPreview] = useState<Preview>({ lint: null, problem: null });
  const [isFirst, setFirst] = useState(true);
  // Of another ref nothing is known.
  useEffect(() => setPreview({ lint: null, problem: null }), [project, asked.ref]);
  useEffect(() => {
    if (asked.ref === '' || !may('lint.run')) return;
    const leave = new AbortController();
    const ask = async (): Promise<void> => {
      setFirst(false);
      const answer = await call('POST /api/v4/projects/:id/ci/lint', {
        params: { id: project },
        body: bodyOf(asked, preview.lint),
        signal: leave.signal,
      });
      if (leave.signal.aborted) return;
      if (answer.ok) setPreview(({ lint }) => ({ lint: withFields(answer.value, lint), problem: null }));
      else setPreview(({ lint }) => ({ lint, problem: answer.problem.message }));
    };
    const timer = setTimeout(() => void ask(), isFirst ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leave.abort();
    };
  }, [project, JSON.stringify(asked)]);
  return preview;
}

/** The file's variables are told only with all its inputs: while one is missing they stay as they were told of this ref, with what was filled in. */
function withFields(lint: Lint, known: Lint | null): Lint {
  return lint.merged_yaml === null && known !== null ? { ...lint, variables: known.variables } : lint;
}

function bodyOf({ ref, variables, inputs }: Asked, known: Lint | null) {
  return {
    content_ref: ref,
    dry_run_ref: ref,
    source: 'web',
    dry_run: true,
    include_jobs: true,
    variables: named(variables),
    inputs: valuesOf(inputs, known?.inputs ?? []),
  } as const;
}

/** Those that have a name by now. */
export function named(variables: readonly Variable[]): readonly Variable[] {
  return variables.filter(({ key }) => key !== '');
}
