import { Name } from '../../parts/name.tsx';
import { StatusIcon } from '../../parts/status-icon.tsx';
import { hasRule } from '../../words/reason.ts';
import { arrangeByNeeds, arrangeByStage, type Card } from '../pipeline/layout/arrange.ts';
import { drawPlanned, type Lint, type PlannedJob } from './draw.ts';

interface PlannedProps {
  readonly lint: Lint;
  readonly by: 'stage' | 'needs';
}

/** What would run, drawn, each job with what decided that; below, those that would not, and why. */
export function PlannedJobs({ lint, by }: PlannedProps) {
  const planned = lint.jobs ?? [];
  const { graph, jobs } = drawPlanned(planned);
  const columns = by === 'needs' ? arrangeByNeeds(graph, jobs) : arrangeByStage(graph, jobs);
  return (
    <>
      {planned.length === 0 && <p class="soft">No job would run.</p>}
      <section class="planned" aria-label="Jobs that would run">
        {columns.map((column) => (
          <section key={column.title}>
            <h2>
              <Name text={column.title} fit />
            </h2>
            <ul class="plain">
              {column.cards.map((card) => (
                <PlannedCard key={card.jobs[0]?.position} card={card} planned={planned} />
              ))}
            </ul>
          </section>
        ))}
      </section>
      <LeftOut excluded={lint.excluded ?? []} />
    </>
  );
}

function PlannedCard({ card, planned }: { readonly card: Card; readonly planned: readonly PlannedJob[] }) {
  const [first] = card.jobs;
  const job = planned[first?.position ?? 0];
  if (first === undefined || job === undefined) return null;
  const needs = job.needs?.map(({ name }) => name) ?? null;
  return (
    <li>
      <span class="line">
        <StatusIcon status={first.status} label={WHEN_WORDS[job.when]} />
        <Name text={card.name} fit />
        {card.jobs.length > 1 && <span class="soft">× {card.jobs.length}</span>}
      </span>
      {job.when !== 'on_success' && <span class="soft">{WHEN_WORDS[job.when]}</span>}
      {needs !== null && <span class="soft">{needs.length === 0 ? 'needs nothing' : `needs ${needs.join(', ')}`}</span>}
      {hasRule(job.reason) && <span class="soft">{job.reason}</span>}
    </li>
  );
}

const WHEN_WORDS: Readonly<Record<PlannedJob['when'], string>> = {
  on_success: 'when what it waits for succeeded',
  on_failure: 'when something failed',
  always: 'always',
  manual: 'by hand',
  delayed: 'after a while',
};

function LeftOut({ excluded }: { readonly excluded: NonNullable<Lint['excluded']> }) {
  if (excluded.length === 0) return null;
  return (
    <details class="left-out" open>
      <summary>{excluded.length} would not run</summary>
      <ul class="plain">
        {excluded.map(({ name, reason }) => (
          <li key={name}>
            <Name text={name} /> <span class="soft">{reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
