import type { AutoCancel, Interruptible, Status } from '../../protocol/index.ts';

/** The pipeline that was just created. */
export interface NewerPipeline {
  readonly id: number;
  readonly sha: string;
  readonly createdAt: number;
  readonly isChild: boolean;
  /** Commit that the ref points to now. */
  readonly headSha: string;
}

/** What never changes of an earlier pipeline of the same project and ref. */
export interface Supersedable {
  readonly id: number;
  readonly sha: string;
  /** UTC ms; for a child pipeline that of its root. */
  readonly createdAt: number;
  readonly source: string;
}

export interface OlderPipeline extends Supersedable {
  readonly status: Status;
  /** Its own setting, not that of the newer one. */
  readonly onNewCommit: AutoCancel['onNewCommit'];
  readonly jobs: readonly {
    readonly status: Status;
    readonly interruptible: Interruptible;
    readonly isTrigger: boolean;
  }[];
}

/** Apply it as the event `cancel` with cause `superseded`. */
export interface AutoCancelDecision {
  readonly pipeline: number;
  readonly only: 'all' | 'interruptible';
}

const WEEK_MS = 7 * 24 * 3_600_000;
const MOST_CANDIDATES = 3_000;

const CANCELABLE: ReadonlySet<Status> = new Set([
  'created',
  'waiting_for_resource',
  'scheduled',
  'manual',
  'pending',
  'running',
]);
const STARTED: ReadonlySet<Status> = new Set(['running', 'success', 'failed']);

/** Sources whose pipelines stand for the state of a ref. Source: GitLab's documentation of `CI_PIPELINE_SOURCE`. */
const REF_SOURCES: ReadonlySet<string> = new Set([
  'push',
  'web',
  'trigger',
  'schedule',
  'api',
  'external',
  'pipeline',
  'chat',
  'merge_request_event',
  'external_pull_request_event',
  'parent_pipeline',
]);

/** False: whatever the older one does, this newer one leaves it alone. */
export function maySupersede(newer: NewerPipeline, old: Supersedable, now: number): boolean {
  return (
    !newer.isChild &&
    old.id !== newer.id &&
    old.createdAt < newer.createdAt &&
    REF_SOURCES.has(old.source) &&
    old.sha !== newer.sha &&
    old.sha !== newer.headSha &&
    now - old.createdAt <= WEEK_MS
  );
}

/** Which earlier pipelines of the ref a new one supersedes, oldest first. */
export function decideAutoCancel(
  newer: NewerPipeline,
  older: readonly OlderPipeline[],
  now: number,
): readonly AutoCancelDecision[] {
  return older
    .filter((candidate) => CANCELABLE.has(candidate.status) && maySupersede(newer, candidate, now))
    .sort((a, b) => b.id - a.id)
    .slice(0, MOST_CANDIDATES)
    .reverse()
    .flatMap(decide);
}

function decide(old: OlderPipeline): AutoCancelDecision[] {
  if (old.onNewCommit === 'none') return [];
  if (old.onNewCommit === 'interruptible') return [{ pipeline: old.id, only: 'interruptible' }];
  const mustGoOn = old.jobs.some((job) => !job.isTrigger && job.interruptible === false && STARTED.has(job.status));
  return mustGoOn ? [] : [{ pipeline: old.id, only: 'all' }];
}
