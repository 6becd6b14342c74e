import { findJob, type PipelineEffect, type PipelineJob, type PipelineState } from '../../../lifecycle/index.ts';
import { isFinished } from '../../../protocol/index.ts';
import type { NewEffect } from '../../../store/index.ts';

/**
 * What reaches outside of a pipeline: "look at X". Whoever works it off reads how things stand then, so one may come twice, late and out of order.
 *
 * - `resource`: the group `body.key` of the project
 * - `granted`: the job holds its group
 * - `child`: the trigger job is pending
 * - `parent`: the pipeline, a child, was made or has another status; `body.isResumed`: it was over, or was being cancelled, and goes on
 * - `cancel_child`: `body` is the order
 * - `auto_cancel`: the pipeline is new
 * - `supersede`: the pipeline may be superseded by `body.by`
 */
export const LOOKS = ['resource', 'granted', 'child', 'parent', 'cancel_child', 'auto_cancel', 'supersede'] as const;
export type LookKind = (typeof LOOKS)[number];

export interface Look extends NewEffect {
  readonly kind: LookKind;
}

/** With a look at the `parent`. */
export interface ParentLook {
  readonly isResumed: boolean;
}

/** The pipeline and the job that a look is about. */
export interface Subject {
  readonly projectId: number;
  readonly pipelineId: number;
  readonly jobId: number | null;
}

export function look(kind: LookKind, { projectId, pipelineId, jobId }: Subject, body: unknown, now: number): Look {
  return { kind, projectId, pipelineId, jobId, body, dueAt: now };
}

export interface Changed {
  readonly projectId: number;
  readonly pipelineId: number;
  readonly isChild: boolean;
  /** It left its end on the way, whatever it is after that. */
  readonly isResumed: boolean;
  /** Null: it is new. */
  readonly before: PipelineState | null;
  readonly after: PipelineState;
  readonly touched: readonly number[];
  readonly effects: readonly PipelineEffect[];
  readonly jobIds: readonly number[];
  readonly now: number;
}

/** The looks that a change of a pipeline asks for. */
export function looksOf(change: Changed): readonly Look[] {
  const { before, after, touched, effects, jobIds, now } = change;
  const subject = (number: number | null): Subject => ({
    projectId: change.projectId,
    pipelineId: change.pipelineId,
    jobId: number === null ? null : (jobIds[number] ?? null),
  });
  const looks: Look[] = [];
  for (const number of touched) {
    const job = findJob(after, number);
    if (job === undefined) continue;
    const old = before === null ? undefined : findJob(before, number);
    if (startsChild(old, job)) looks.push(look('child', subject(number), null, now));
  }
  for (const key of groupsToLookAt(change)) looks.push(look('resource', subject(null), { key }, now));
  for (const effect of effects) {
    if (effect.type !== 'cancel_child') continue;
    const { by, cause, isForced } = effect;
    looks.push(look('cancel_child', subject(effect.job), { by, cause, isForced }, now));
  }
  const { isResumed } = change;
  if (change.isChild && (isResumed || before?.status !== after.status)) {
    looks.push(look('parent', subject(null), { isResumed } satisfies ParentLook, now));
  }
  return looks;
}

function startsChild(old: PipelineJob | undefined, { state }: PipelineJob): boolean {
  return state.spec.kind === 'trigger' && state.status === 'pending' && old?.state.status !== 'pending';
}

/** A job came to wait for its group, or will not want it any more: ended in whatever way, or waits for a person. */
function groupsToLookAt({ before, after, touched }: Changed): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const number of touched) {
    const job = findJob(after, number);
    const key = job?.rules.resourceGroup ?? null;
    if (job === undefined || key === null) continue;
    const { status } = job.state;
    const old = before === null ? undefined : findJob(before, number);
    if (old?.state.status === status) continue;
    if (status === 'waiting_for_resource' || status === 'manual' || isFinished(status)) keys.add(key);
  }
  return keys;
}
