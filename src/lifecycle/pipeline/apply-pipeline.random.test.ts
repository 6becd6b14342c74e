import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGETS, isExecuting, isFinished, WHENS } from '../../protocol/index.ts';
import { currentJobs, everyJob, stageStatus } from '../index.ts';
import { job } from '../testing/pipeline-fixture.ts';
import { mayStart, overlooked, slowSum } from '../testing/pipeline-oracle.ts';
import { applyPipeline } from './apply-pipeline.ts';
import { createPipeline } from './create-pipeline.ts';
import type { PipelineEffect, PipelineEvent } from './pipeline-event.ts';
import type { PipelineJob, PipelineState, SchedulableJob } from './pipeline-state.ts';

/** Fixed, so that a failure is the same everywhere; fast-check prints seed and path of a failure. */
const SEED = 20_240_229;
const OPTIONS = { seed: SEED, numRuns: 300 };
const STAGES = ['s0', 's1', 's2'];
const RUNNER = { cancelGracefully: true, phases: true, cleanupOnly: true };

const jobsOfAnyShape = fc
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
const choices = fc.array(fc.nat(1_000), { minLength: 20, maxLength: 80 });

/** The steps that the world could take for one job. */
function eventsFor({ number, state }: PipelineJob): readonly PipelineEvent[] {
  const send = (event: Extract<PipelineEvent, { type: 'job' }>['event']): PipelineEvent => ({
    type: 'job',
    job: number,
    event,
  });
  const { attempt } = state;
  switch (state.status) {
    case 'pending':
      if (state.spec.kind === 'trigger') return [send({ type: 'child_created' })];
      return [send({ type: 'claim', runner: RUNNER, leaseMs: null, budgets: DEFAULT_BUDGETS })];
    case 'running':
      if (state.spec.kind === 'trigger') {
        return (['success', 'failed', 'canceled', 'skipped'] as const).map((status) =>
          send({ type: 'child_changed', status }),
        );
      }
      if (state.phase === 'preparing') return [send({ type: 'script_started', attempt })];
      return [0, 1, 7].map((exitCode) => send(finished(attempt, exitCode)));
    case 'canceling':
      if (state.handOut === 'cleanup_offered') return [send({ type: 'claim_cleanup', runner: RUNNER, leaseMs: null })];
      return [send(finished(attempt, 0)), send({ type: 'runner_lost', attempt })];
    case 'manual':
      return [send({ type: 'play' })];
    case 'scheduled':
      return [send({ type: 'tick' })];
    default:
      return [];
  }
}

function finished(attempt: number, exitCode: number) {
  const failed = exitCode !== 0;
  return {
    type: 'finished',
    attempt,
    result: failed ? 'failed' : 'success',
    cause: failed ? 'failed' : 'succeeded',
    failureReason: failed ? 'script_failure' : null,
    exitCode,
    cleanup: { outcome: 'succeeded', attempt: 1 },
  } as const;
}

interface Recorded {
  readonly event: PipelineEvent;
  readonly before: PipelineState;
  readonly after: PipelineState;
  readonly effects: readonly PipelineEffect[];
  readonly touched: readonly number[];
}

/** Plays a pipeline by chance, cancelling it at `cancelAt`, then to its end; every step is recorded. */
function play(jobs: readonly SchedulableJob[], picks: readonly number[], cancelAt: number | null): readonly Recorded[] {
  const record: Recorded[] = [];
  let state = createPipeline(jobs, { stages: STAGES });
  const feed = (event: PipelineEvent) => {
    const { state: after, effects, touched, refused } = applyPipeline(state, event, 1_000 + 20 * record.length);
    expect(refused).toBeNull();
    record.push({ event, before: state, after, effects, touched });
    state = after;
  };
  feed({ type: 'start' });
  // At most 10 jobs, each run 3 times, with at most 5 steps a run.
  for (let step = 0; step < 10 * 3 * 5; step += 1) {
    if (step === cancelAt) feed({ type: 'cancel', by: 'chance', cause: 'canceled' });
    const possible = currentJobs(state).flatMap(eventsFor);
    const event = possible[(picks[step % picks.length] ?? 0) % Math.max(1, possible.length)];
    if (event === undefined) break;
    feed(event);
  }
  return record;
}

function checkAll(check: (record: readonly Recorded[]) => void, cancelled: 'never' | 'sometimes' = 'never'): void {
  const cancelAt = cancelled === 'never' ? fc.constant(null) : fc.option(fc.nat(30));
  void fc.assert(
    fc.property(jobsOfAnyShape, choices, cancelAt, (jobs, picks, at) => check(play(jobs, picks, at))),
    OPTIONS,
  );
}

describe('a pipeline of any shape', () => {
  it('comes to an end', () => {
    checkAll((record) => {
      const last = record.at(-1)?.after as PipelineState;
      expect(
        currentJobs(last)
          .filter(({ state }) => !isFinished(state.status))
          .map(({ state }) => state.status),
      ).toEqual([]);
      expect(isFinished(last.status)).toBe(true);
    }, 'sometimes');
  });

  it('is, after every event, the sum of its jobs, and so is every stage', () => {
    checkAll((record) => {
      for (const { before, after } of record) {
        const jobs = currentJobs(after);
        const sum = slowSum(jobs, 'stage');
        expect(after.status).toBe(sum === 'created' ? before.status : sum);
        for (const index of STAGES.keys()) {
          const ofStage = jobs.filter(({ rules }) => rules.stageIndex === index);
          expect(stageStatus(after, index)).toBe(slowSum(ofStage, 'stage'));
        }
      }
    });
  });

  it('overlooks no job whose turn has come', () => {
    checkAll((record) => {
      for (const { after } of record) expect(overlooked(after)).toEqual([]);
    }, 'sometimes');
  });

  it('starts no job before what it waits for allows it', () => {
    checkAll((record) => {
      for (const { before, after, event } of record) {
        const were = new Map(currentJobs(before).map((known) => [known.number, known.state.status]));
        const isPlay = event.type === 'job' && event.event.type === 'play';
        for (const started of currentJobs(after)) {
          const was = were.get(started.number) ?? 'created';
          const hadTurn = was === 'created' && !['created', 'skipped', 'canceled'].includes(started.state.status);
          const isRetryAtOnce = started.earlierRetries > 0 && ['manual', 'delayed'].includes(started.rules.when);
          if (hadTurn && !isRetryAtOnce && !isPlay) expect(mayStart(started, currentJobs(after))).toBe(true);
        }
      }
    });
  });

  it('starts nothing new once it was cancelled, and ends as canceled if that changed anything', () => {
    checkAll((record) => {
      const at = record.findIndex(({ event }) => event.type === 'cancel');
      if (at === -1) return;
      const later = record.slice(at);
      expect(later.flatMap(({ effects }) => effects).filter(isStart)).toEqual([]);
      for (const { after } of later) {
        if (after.cancelRequest === null) continue;
        const isBusy = currentJobs(after).some(({ state }) => isExecuting(state.status));
        expect(after.status).toBe(isBusy ? 'canceling' : 'canceled');
      }
    }, 'sometimes');
  });

  it('holds each resource group once', () => {
    checkAll((record) => {
      for (const { after } of record) {
        const holders = everyJob(after)
          .filter(({ state }) => state.status === 'pending' || isExecuting(state.status))
          .flatMap(({ rules }) => rules.resourceGroup ?? []);
        expect(holders).toHaveLength(new Set(holders).size);
      }
    }, 'sometimes');
  });

  it('names every job that an event touched, and no other', () => {
    checkAll((record) => {
      for (const { before, after, touched } of record) {
        const were = everyJob(before);
        const changed = everyJob(after).filter((now, number) => now !== were[number]);
        expect([...touched].sort((a, b) => a - b)).toEqual(changed.map(({ number }) => number));
      }
    }, 'sometimes');
  });

  it('is the same again when the same events are replayed', () => {
    checkAll((record) => {
      const [first] = record;
      let state = first?.before as PipelineState;
      for (const [step, { event, after }] of record.entries()) {
        state = applyPipeline(state, event, 1_000 + 20 * step).state;
        expect(state.status).toBe(after.status);
      }
      expect(state).toEqual(record.at(-1)?.after);
    }, 'sometimes');
  });
});

function isStart({ type }: PipelineEffect): boolean {
  return type === 'claimable' || type === 'start_child' || type === 'retry_created';
}
