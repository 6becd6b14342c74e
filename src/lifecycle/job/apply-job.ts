import { invariant } from '../../base/index.ts';
import { CAUSE_RULES, isFinished, type Phase, type Status } from '../../protocol/index.ts';
import { whatIsDue } from './due.ts';
import type { JobEffect, JobEvent, JobResult, Trigger } from './job-event.ts';
import type { JobState } from './job-state.ts';
import { MOVES } from './moves/job-moves.ts';
import type { EffectName, Moment, MoveOutcome, MoveRow, MoveTable } from './moves/move-row.ts';
import { isHeld } from './moves/preconditions.ts';

/**
 * The next state of a job. Pure; every event is defined in every state: it moves the job, changes nothing, or is refused with
 * a reason. The table is a parameter so that tests can show what a broken one would do.
 */
export function applyJob(job: JobState, event: JobEvent, now: number, table: MoveTable = MOVES): JobResult {
  const trigger = event.type === 'tick' ? whatIsDue(job, now) : event.type;
  if (trigger === null) return { kind: 'unchanged', job, effects: [], move: null };
  const move = table.find((row) => fits(row, trigger, { job, event, now }));
  if (move === undefined) return { kind: 'refused', job, effects: [], move: null, reason: 'wrong_status' };
  const { id, outcome } = move;
  if (outcome.kind === 'refuse') return { kind: 'refused', job, effects: [], move: id, reason: outcome.reason };
  if (outcome.kind === 'ignore') return { kind: 'unchanged', job, effects: [], move: id };
  const next = moved({ job, event, now }, outcome);
  return { kind: 'moved', job: next, effects: effectsOf(job, next, outcome.effects), move: id };
}

function fits(row: MoveRow, trigger: Trigger, moment: Moment): boolean {
  const { job } = moment;
  if (!row.on.includes(trigger) || !row.from.includes(job.status)) return false;
  if (row.kind !== undefined && row.kind !== job.spec.kind) return false;
  if (row.phases !== undefined && (job.phase === null || !row.phases.includes(job.phase))) return false;
  if (row.handOuts !== undefined && !row.handOuts.includes(job.handOut)) return false;
  return row.precondition === undefined || row.precondition.holds(moment);
}

type MovingOutcome = Extract<MoveOutcome, { kind: 'move' }>;

function moved(moment: Moment, outcome: MovingOutcome): JobState {
  const { event, now } = moment;
  let job = moment.job;
  for (const change of outcome.changes) job = { ...job, ...change.make({ job, event, now }) };
  const status = targetStatus(outcome, { job, event, now });
  const phase = outcome.phase === 'same' ? job.phase : outcome.phase;
  return enter(job, status, phase, now);
}

function targetStatus({ to }: MovingOutcome, moment: Moment): Status {
  if (to === 'same') return moment.job.status;
  if (typeof to === 'string') return to;
  const status = to.decide(moment);
  invariant(to.oneOf.includes(status), `${status} is not among the statuses that the row promises`);
  return status;
}

/** What entering a status always means, whichever row led there. */
function enter(job: JobState, status: Status, phase: Phase | null, now: number): JobState {
  const isNew = status !== job.status;
  const at = { ...job, status, phase };
  if (!isNew) return at;
  if (isFinished(status)) return close(at, status, now);
  if (status === 'pending') return { ...at, queuedAt: now, startedAt: job.spec.kind === 'trigger' ? now : null };
  if (status === 'running') return { ...at, startedAt: job.startedAt ?? now };
  return at;
}

/** A finished job holds nothing any more; only a failed one keeps a reason and an exit code. */
function close(job: JobState, status: Status, now: number): JobState {
  const failed = status === 'failed';
  const usual = job.cause === null ? null : CAUSE_RULES[job.cause].reason;
  return {
    ...job,
    phase: null,
    handOut: 'none',
    leaseUntil: null,
    deadline: null,
    startAt: null,
    failureReason: failed ? (job.failureReason ?? usual) : null,
    exitCode: failed ? job.exitCode : null,
    finishedAt: now,
  };
}

function effectsOf(before: JobState, after: JobState, named: readonly EffectName[]): readonly JobEffect[] {
  const effects: JobEffect[] = [];
  const isNew = after.status !== before.status;
  if (isNew || after.phase !== before.phase || after.cause !== before.cause) effects.push({ type: 'changed' });
  for (const name of named) {
    const effect = build(name, before, after);
    if (effect !== null) effects.push(effect);
  }
  if (!isNew) return effects;
  if (after.status === 'pending') effects.push({ type: after.spec.kind === 'trigger' ? 'start_child' : 'claimable' });
  if (isFinished(after.status)) effects.push({ type: 'finished', status: after.status });
  return effects;
}

function build(name: EffectName, before: JobState, after: JobState): JobEffect | null {
  const isForced = after.forceRequest !== null;
  const by = after.forceRequest?.by ?? after.cancelRequest?.by ?? null;
  if (name === 'cancel_child') return { type: name, by, cause: after.cancelRequest?.cause ?? 'canceled', isForced };
  if (name === 'abort') {
    if (!isHeld(before)) return null;
    // What ends an attempt after a cancel, its deadline say, was asked for by nobody.
    const wasAsked = after.forceRequest !== before.forceRequest || after.cancelRequest !== before.cancelRequest;
    return { type: name, attempt: before.attempt, by: wasAsked ? by : null, isForced };
  }
  const { cause, deadline } = after;
  invariant(cause !== null && deadline !== null, `${name} needs a cause and a deadline`);
  if (name === 'stop') return { type: name, attempt: after.attempt, cause, by, deadline };
  return { type: name, cause, cleanupAttempt: after.cleanupHandOuts + 2, deadline };
}
