import * as fc from 'fast-check';
import { DEFAULT_BUDGETS, WHENS } from '../../protocol/index.ts';
import {
  applyPipeline,
  createPipeline,
  currentJobs,
  everyJob,
  type OutsideJobEvent,
  type PipelineEffect,
  type PipelineEvent,
  type PipelineJob,
  type PipelineState,
  type SchedulableJob,
} from '../index.ts';
import { job } from './pipeline-fixture.ts';

/** Fixed, so that a failure is the same everywhere; fast-check prints seed and path of a failure. */
export const RANDOM = { seed: 20_240_229, numRuns: 300 };
export const STAGES = ['s0', 's1', 's2'];
const RUNNER = { cancelGracefully: true, phases: true, cleanupOnly: true };
const BLUNT = { cancelGracefully: false, phases: false, cleanupOnly: false };

export const jobsOfAnyShape = fc
  .array(
    fc.record({
      stageIndex: fc.nat(STAGES.length - 1),
      when: fc.constantFrom(...WHENS, 'on_success', 'manual'),
      allowFailure: fc.constantFrom(false, true, { exitCodes: [7] }),
      needs: fc.option(fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }), { freq: 2 }),
      interruptible: fc.constantFrom(false, true, 'graceful' as const),
      retries: fc.nat(2),
      resourceGroup: fc.constantFrom(null, null, 'x', 'y'),
      isTrigger: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((shapes) => {
    // Needs point backwards in this order, so that there are no cycles.
    const ordered = [...shapes].sort((a, b) => a.stageIndex - b.stageIndex);
    return ordered.map(({ needs, retries, ...rules }, index): SchedulableJob => {
      const names = needs?.flatMap((need) => (index === 0 ? [] : [`j${need % index}`]));
      const retry = { max: retries, when: ['script_failure' as const], exitCodes: [] };
      return job(`j${index}`, rules.stageIndex, {
        ...rules,
        startInMs: rules.when === 'delayed' ? 10 : null,
        retry,
        trigger: rules.isTrigger ? { strategy: 'depend' } : null,
        ...(names === undefined ? {} : { needs: [...new Set(names)] }),
      });
    });
  });

/** What chance does next: a number picks among what is possible. */
export const choices = fc.array(fc.nat(1_000), { minLength: 20, maxLength: 80 });

/** The steps by which the world takes a job on to its end. */
function stepsOn({ state }: PipelineJob): readonly OutsideJobEvent[] {
  const { attempt } = state;
  const isTrigger = state.spec.kind === 'trigger';
  switch (state.status) {
    case 'waiting_for_resource':
      return [{ type: 'resource_granted' }];
    case 'pending':
      return [isTrigger ? { type: 'child_created' } : claim(RUNNER)];
    case 'running':
      if (isTrigger) {
        return (['success', 'failed', 'canceled', 'skipped'] as const).map((status) => ({
          type: 'child_changed',
          status,
        }));
      }
      if (state.phase === 'preparing') return [{ type: 'script_started', attempt }];
      if (state.handOut === 'cleanup_offered') return [{ type: 'claim_cleanup', runner: RUNNER, leaseMs: null }];
      return [...[0, 1, 7].map((exitCode) => finished(attempt, exitCode)), { type: 'runner_lost', attempt }];
    case 'canceling':
      if (state.handOut === 'cleanup_offered') return [{ type: 'claim_cleanup', runner: RUNNER, leaseMs: null }];
      return [finished(attempt, 0), { type: 'runner_lost', attempt }];
    case 'manual':
      return [{ type: 'play' }];
    case 'scheduled':
      return [{ type: 'tick' }];
    default:
      return [];
  }
}

function claim(runner: typeof RUNNER): OutsideJobEvent {
  return { type: 'claim', runner, leaseMs: null, budgets: DEFAULT_BUDGETS };
}

function finished(attempt: number, exitCode: number): OutsideJobEvent {
  const failed = exitCode !== 0;
  return {
    type: 'finished',
    attempt,
    result: failed ? 'failed' : 'success',
    cause: failed ? 'failed' : 'succeeded',
    failureReason: failed ? 'script_failure' : null,
    exitCode,
    cleanup: { outcome: 'succeeded', attempt: 1 },
  };
}

/** What may come next: mostly a step on, now and then anything at all, in time or too late. */
export function anyEvent(state: PipelineState, pick: number): PipelineEvent {
  const on = stepsOfAll(state);
  return pick % 5 === 0 || on.length === 0 ? anythingAtAll(state, pick) : (on[pick % on.length] as PipelineEvent);
}

function stepsOfAll(state: PipelineState): readonly PipelineEvent[] {
  return currentJobs(state).flatMap((one) =>
    stepsOn(one).map((event) => ({ type: 'job', job: one.number, event }) as const),
  );
}

function anythingAtAll(state: PipelineState, pick: number): PipelineEvent {
  const jobs = everyJob(state);
  const one = jobs[pick % jobs.length] as PipelineJob;
  const { attempt } = one.state;
  const cleanup = { outcome: 'failed', attempt: 1, exitCode: 3, durationMs: 4 } as const;
  const ofJob: readonly OutsideJobEvent[] = [
    ...stepsOn(one),
    { type: 'cancel', by: 'ann', cause: 'canceled' },
    { type: 'force_cancel', by: 'eve' },
    { type: 'play' },
    { type: 'unschedule' },
    { type: 'tick' },
    { type: 'resource_granted' },
    { type: 'runner_lost', attempt },
    { type: 'evicted', attempt },
    { type: 'drop', reason: 'trace_size_exceeded' },
    { type: 'renew', attempt, leaseMs: 30 },
    { type: 'teardown_started', attempt, cause: 'timed_out' },
    { type: 'cleaned', attempt, cause: 'failed', cleanup },
    { type: 'child_rejected', reason: 'downstream_pipeline_creation_failed' },
    { type: 'child_changed', status: 'manual' },
    { type: 'child_resumed' },
    claim(BLUNT),
    { type: 'returned', attempt },
  ];
  const all: readonly PipelineEvent[] = [
    ...ofJob.map((event) => ({ type: 'job', job: one.number, event }) as const),
    { type: 'retry', job: one.number },
    { type: 'cancel', by: 'pipeline 9', cause: 'superseded', only: 'interruptible' },
    ...(pick % 7 === 0 ? ([{ type: 'cancel', by: 'ann', cause: 'canceled' }] as const) : []),
    ...(pick % 11 === 0 ? ([{ type: 'force_cancel', by: 'eve' }] as const) : []),
  ];
  return all[Math.floor(pick / jobs.length) % all.length] as PipelineEvent;
}

export interface Recorded {
  readonly event: PipelineEvent;
  readonly before: PipelineState;
  readonly after: PipelineState;
  readonly effects: readonly PipelineEffect[];
  readonly touched: readonly number[];
}

/** The instant of the step with this index. */
export const instantOf = (step: number) => 1_000 + 20 * step;

/** Plays a pipeline by chance, cancelling it at `cancelAt`, then to its end; every step is recorded. */
export function play(
  jobs: readonly SchedulableJob[],
  picks: readonly number[],
  cancelAt: number | null,
): readonly Recorded[] {
  const record: Recorded[] = [];
  let before = createPipeline(jobs, { stages: STAGES });
  const feed = (event: PipelineEvent) => {
    const { state, effects, touched, refused } = applyPipeline(before, event, instantOf(record.length));
    if (refused !== null) throw new Error(`${JSON.stringify(event)} was refused: ${refused}`);
    record.push({ event, before, after: state, effects, touched });
    before = state;
  };
  feed({ type: 'start' });
  // At most 10 jobs, each run 3 times, with at most 7 steps a run.
  for (let step = 0; step < 10 * 3 * 7; step += 1) {
    if (step === cancelAt) feed({ type: 'cancel', by: 'chance', cause: 'canceled' });
    const possible = stepsOfAll(before);
    const event = possible[(picks[step % picks.length] ?? 0) % Math.max(1, possible.length)];
    if (event === undefined) break;
    feed(event);
  }
  return record;
}
