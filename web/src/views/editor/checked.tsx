import { useEffect, useRef, useState } from 'preact/hooks';
import { useAnswer } from '../../api/use-answer.ts';
import type { CodeField } from '../../editor/index.ts';
import { withQuery } from '../../router/address.ts';
import { useRested } from '../../state/rested.ts';
import { valuesOf } from '../new-pipeline/input-fields.tsx';
import { ConditionFields, type Conditions } from './conditions.tsx';
import type { Lint } from './draw.ts';
import { Findings } from './findings.tsx';
import { PlannedJobs } from './planned-jobs.tsx';
import { findingsOf } from './problem.ts';

interface CheckedProps {
  readonly project: string;
  /** Empty: nothing has been pushed yet. */
  readonly branch: string;
  readonly file: string;
  readonly text: string;
  readonly field: CodeField | null;
  readonly query: URLSearchParams;
}

/** What the server makes of the text: its problems, marked in the field too, the pipeline, the file with all that it includes. */
export function Checked({ project, branch, file, text, field, query }: CheckedProps) {
  const [conditions, setConditions] = useState<Conditions>({ ref: '', source: 'push', variables: [], inputs: {} });
  const declared = useRef<Lint['inputs']>([]);
  const asked = useRested(conditions);
  const { ref, source } = asked;
  const variables = asked.variables.filter(({ key }) => key !== '').map(({ key, value }) => ({ key, value }));
  const inputs = valuesOf(asked.inputs, declared.current);
  const where = branch === '' ? {} : { ref: branch, ...(ref === '' ? {} : { dry_run_ref: ref }) };
  const { result, isLoading } = useAnswer('POST /api/v4/projects/:id/ci/lint', {
    params: { id: project },
    body: { content: text, include_jobs: true, dry_run: true, source, variables, inputs, ...where },
  });
  const lint = result?.ok === true ? result.value : null;
  useEffect(() => {
    if (lint !== null) field?.mark(findingsOf(lint.problems, file));
  }, [lint, field]);
  const isBroken = lint?.problems.some(({ severity }) => severity === 'error') === true;
  const drawn = useRef(lint);
  if (lint !== null && !isBroken) drawn.current = lint;
  if (lint !== null && tellsInputs(lint)) declared.current = lint.inputs;
  const isMerged = query.get('tab') === 'merged';
  const byNeeds = query.get('by') === 'needs';
  const elsewhere = isBroken ? [] : (lint?.errors ?? []);
  return (
    <div class="checked" aria-busy={isLoading}>
      {result?.ok === false && (
        <p role="alert" data-hue="bad">
          It could not be checked: {result.problem.message}
        </p>
      )}
      {lint !== null && (
        <Findings
          own={file}
          problems={lint.problems}
          errors={elsewhere}
          onGoTo={(line, column) => field?.goTo(line, column)}
        />
      )}
      <Tabs isMerged={isMerged} byNeeds={byNeeds} />
      {!isMerged && (
        <ConditionFields now={conditions} branch={branch} declared={declared.current} onChange={setConditions} />
      )}
      {!isMerged && isBroken && drawn.current !== null && <p class="soft">As it was when the file was last valid:</p>}
      {!isMerged && drawn.current !== null && <PlannedJobs lint={drawn.current} by={byNeeds ? 'needs' : 'stage'} />}
      {isMerged && (
        <textarea
          class="merged mono"
          aria-label="Merged file"
          readOnly
          value={lint?.merged_yaml ?? 'There is none while the file is not valid.'}
        />
      )}
    </div>
  );
}

function Tabs({ isMerged, byNeeds }: { readonly isMerged: boolean; readonly byNeeds: boolean }) {
  return (
    <nav class="tabs" aria-label="What becomes of it">
      <a href={withQuery({ tab: null })} aria-current={isMerged ? undefined : 'page'}>
        Pipeline
      </a>
      <a href={withQuery({ tab: 'merged' })} aria-current={isMerged ? 'page' : undefined}>
        Merged file
      </a>
      {!isMerged && <a href={withQuery({ by: byNeeds ? null : 'needs' })}>{byNeeds ? 'By stage' : 'By needs'}</a>}
    </nav>
  );
}

/** Of a text that cannot be read it is not known which inputs it has: those of before stay, with what was filled in. */
function tellsInputs({ inputs, problems }: Lint): boolean {
  if (inputs.length > 0) return true;
  return problems.every(({ severity, code }) => severity !== 'error' || code === 'unknown-input');
}
