import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExecuting, isFinished } from '../../protocol/index.ts';
import { currentJobs, everyJob, stageStatus } from '../index.ts';
import { choices, instantOf, jobsOfAnyShape, play, RANDOM, type Recorded, STAGES } from '../testing/any-pipeline.ts';
import { mayStart, overlooked, slowSum } from '../testing/pipeline-oracle.ts';
import { applyPipeline } from './apply-pipeline.ts';
import type { PipelineEffect } from './pipeline-event.ts';
import type { PipelineState } from './state/pipeline-state.ts';

function checkAll(check: (record: readonly Recorded[]) => void, cancelled: 'never' | 'sometimes' = 'never'): void {
  const cancelAt = cancelled === 'never' ? fc.constant(null) : fc.option(fc.nat(30));
  void fc.assert(
    fc.property(jobsOfAnyShape, choices, cancelAt, (jobs, picks, at) => check(play(jobs, picks, at))),
    RANDOM,
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

  it('asks for a resource group before a job starts, and gives it back exactly when the job has finished', () => {
    checkAll((record) => {
      for (const { before, after, effects } of record) {
        for (const { number, rules, state } of everyJob(after)) {
          const was = everyJob(before)[number]?.state ?? null;
          const about = effects.filter((effect) => 'key' in effect && effect.job === number).map(({ type }) => type);
          const expected: string[] = [];
          const hasGroup = rules.resourceGroup !== null;
          if (hasGroup && state.status === 'waiting_for_resource' && was?.status !== state.status)
            expected.push('resource_wanted');
          const hadAsked = was !== null && !['created', 'manual', 'scheduled'].includes(was.status);
          if (hasGroup && hadAsked && !isFinished(was.status) && isFinished(state.status))
            expected.push('resource_released');
          expect(about).toEqual(expected);
          if (hasGroup && was?.status === 'created') expect(state.status).not.toBe('pending');
        }
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
        state = applyPipeline(state, event, instantOf(step)).state;
        expect(state.status).toBe(after.status);
      }
      expect(state).toEqual(record.at(-1)?.after);
    }, 'sometimes');
  });
});

function isStart({ type }: PipelineEffect): boolean {
  return type === 'claimable' || type === 'start_child' || type === 'retry_created';
}
