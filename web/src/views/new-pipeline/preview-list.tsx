import { Name } from '../../parts/name.tsx';
import { hasRule } from '../../words/reason.ts';
import type { Preview } from './use-preview.ts';

/** The jobs that would run, by stage, and those that would not, each with what decided that. */
export function PreviewList({ lint, problem }: Preview) {
  if (lint === null) return problem === null ? null : <p class="soft">No preview: {problem}</p>;
  const stages = Map.groupBy(lint.jobs ?? [], ({ stage }) => stage);
  const excluded = lint.excluded ?? [];
  return (
    <section class="preview" aria-label="Jobs that would run" aria-live="polite">
      {problem !== null && <p class="problem">Not of what stands here now: {problem}</p>}
      <h2>{countWords(lint.jobs?.length ?? 0)}</h2>
      {lint.errors.map((error) => (
        <p key={error} class="problem">
          {error}
        </p>
      ))}
      {[...stages].map(([stage, jobs]) => (
        <Jobs key={stage} title={stage} jobs={jobs} />
      ))}
      {excluded.length > 0 && <Jobs title="would not run" jobs={excluded} />}
    </section>
  );
}

interface JobsProps {
  readonly title: string;
  readonly jobs: readonly { readonly name: string; readonly reason: string }[];
}

function Jobs({ title, jobs }: JobsProps) {
  return (
    <>
      <h3 class="soft">
        <Name text={title} />
      </h3>
      <ul class="plain">
        {jobs.map(({ name, reason }) => (
          <li key={name}>
            <Name text={name} /> {hasRule(reason) && <span class="soft">{reason}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function countWords(count: number): string {
  if (count === 0) return 'No job would run';
  return count === 1 ? '1 job would run' : `${count} jobs would run`;
}
