import type { Status } from '../../../../src/protocol/index.ts';
import { Notice } from '../../parts/notice.tsx';
import { wallMs } from '../../state/clock.ts';
import { startsWords } from '../../words/time.ts';
import type { JobAnswer } from './job-head.tsx';

/** Of the others there is a log, or there will be one at once. */
const WHY: Partial<Readonly<Record<Status, string>>> = {
  created: 'This job waits for the jobs before it',
  waiting_for_resource: 'This job waits for a resource that another job holds',
  pending: 'This job waits for a runner',
  manual: 'This job is started by hand',
  scheduled: 'This job starts later by itself',
  skipped: 'This job was skipped',
  canceled: 'This job was canceled before it started',
};

/** Whether there never was a log of it yet. */
export function isUnbegun({ status, started_at: startedAt }: JobAnswer): boolean {
  return startedAt === null && WHY[status] !== undefined;
}

/** Stands where the log will be; of a job that is stuck it says why, for nothing will come until somebody does something. */
export function JobUnbegun({ job }: { readonly job: JobAnswer }) {
  const stuck = 'stuck' in job && job.stuck !== null ? `${sentence(job.stuck.message)} ` : '';
  const starts = job.scheduled_at === null ? '' : `It ${startsWords(job.scheduled_at, wallMs())}. `;
  const isOver = job.status === 'skipped' || job.status === 'canceled';
  return (
    <Notice
      title={WHY[job.status] ?? ''}
    >{`${stuck}${starts}${isOver ? 'It has no log.' : 'There is no log yet.'}`}</Notice>
  );
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
