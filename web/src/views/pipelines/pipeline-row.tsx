import { Elapsed } from '../../parts/elapsed.tsx';
import { Name } from '../../parts/name.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { Broom } from '../../parts/teardown/cleanup-mark.tsx';
import { Countdown } from '../../parts/teardown/countdown.tsx';
import { ENDS } from '../../parts/teardown/teardown-words.ts';
import { cleanupsWords } from '../../words/cleanups.ts';
import { RowActions } from './row-actions.tsx';
import { RowProgress } from './row-progress.tsx';
import { StageDots } from './stage-dots.tsx';
import type { Row } from './use-rows.ts';

interface PipelineRowProps {
  readonly project: string;
  readonly row: Row;
  readonly now: string;
}

export function PipelineRow({ project, row, now }: PipelineRowProps) {
  const at = `/${project}/-/pipelines/${row.id}`;
  return (
    <li class="pipeline-row" data-row>
      <span class="status">
        <StatusWord status={row.status} />
      </span>
      <a class="title" href={at}>
        <span class="number">#{row.id}</span> <Name text={row.name ?? row.title} />
      </a>
      <span class="origin soft">
        <Name text={row.ref} fit /> <span class="mono">{row.sha.slice(0, 7)}</span>
      </span>
      <span class="who soft">
        {row.source.replaceAll('_', ' ')}
        {row.user !== null && (
          <>
            , <Name text={row.user.username} fit />
          </>
        )}
      </span>
      <span class="took">
        <Elapsed since={row.started_at} until={row.finished_at} now={now} />
        <RowProgress row={row} />
      </span>
      <StageDots at={at} stages={row.stages} />
      <Owed row={row} now={now} />
      <span class="actions">
        <RowActions project={project} row={row} />
      </span>
    </li>
  );
}

/** What is being cleaned up, and what did not end well: beside the status, never instead of it. */
function Owed({ row, now }: { readonly row: Row; readonly now: string }) {
  const { cleaning_up: cleaning, cleanups } = row;
  const bad = cleanupsWords(cleanups);
  return (
    <span class="owed">
      {cleaning !== null && (
        <span data-hue="warn">
          cleaning up{' '}
          {cleaning.deadline !== null && <Countdown deadline={cleaning.deadline} now={now} title={ENDS.job} />}
        </span>
      )}
      {bad !== null && (
        <span data-hue="bad">
          <Broom /> {bad}
        </span>
      )}
    </span>
  );
}
