import { Name } from '../../parts/name.tsx';
import type { Graph } from './pipeline-job.ts';

/** The jobs of the CI file that are not in the pipeline, each with the rule that left it out. */
export function LeftOut({ graph: { left_out: jobs } }: { readonly graph: Graph }) {
  if (jobs === null || jobs.length === 0) return null;
  return (
    <details class="left-out">
      <summary>{jobs.length === 1 ? '1 job was left out' : `${jobs.length} jobs were left out`}</summary>
      <ul class="plain">
        {jobs.map(({ name, stage, reason }) => (
          <li key={name}>
            <Name text={name} />{' '}
            <span class="soft">
              <Name text={stage} />: {reason}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
