import type { Status } from '../../../../src/protocol/index.ts';
import { StatusIcon } from '../../parts/status-icon.tsx';
import { STATUS_WORDS } from '../../words/status.ts';
import type { Row } from './use-rows.ts';

type Stage = Row['stages'][number];

/** What a stage is called by: the first of these that one of its jobs has. */
const MOST_TELLING: readonly Status[] = [
  'canceling',
  'failed',
  'running',
  'pending',
  'waiting_for_resource',
  'scheduled',
  'manual',
  'created',
  'canceled',
  'success',
  'skipped',
];

/** A dot for each stage, with its name and what its jobs do. */
export function StageDots({ at, stages }: { readonly at: string; readonly stages: readonly Stage[] }) {
  return (
    <ul class="plain stage-dots">
      {stages.map((stage) => {
        const label = labelOf(stage);
        return (
          <li key={stage.name}>
            <a href={at} title={label}>
              <StatusIcon {...shownOf(stage)} label={label} />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** A job that is allowed to fail is told by where nothing else is wrong: the stage succeeded. */
function shownOf({ jobs }: Stage): { status: Status; isAllowed: boolean } {
  const telling = jobs.filter(({ status, allow_failure }) => !(status === 'failed' && allow_failure));
  const has = (wanted: Status): boolean => telling.some(({ status }) => status === wanted);
  const status = MOST_TELLING.find(has) ?? 'success';
  const isAllowed = status === 'success' && telling.length < jobs.length;
  return { status: isAllowed ? 'failed' : status, isAllowed };
}

function labelOf({ name, jobs }: Stage): string {
  const words = jobs.map(({ status, count }) => `${count} ${STATUS_WORDS[status].word}`);
  return `${name}: ${words.join(', ')}`;
}
