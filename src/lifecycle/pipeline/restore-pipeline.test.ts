import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyPipeline,
  createPipeline,
  everyJob,
  type JobRow,
  type PipelineOptions,
  type PipelineState,
  restorePipeline,
  rowOf,
} from '../index.ts';
import { anyEvent, choices, instantOf, jobsOfAnyShape, RANDOM, STAGES } from '../testing/any-pipeline.ts';
import { job, PipelineRun } from '../testing/pipeline-fixture.ts';

/** As a database would hand it back. */
function stored(
  state: PipelineState,
): { readonly rows: readonly JobRow[] } & Pick<PipelineState, 'status' | 'cancelRequest'> {
  const { status, cancelRequest } = state;
  return JSON.parse(JSON.stringify({ status, cancelRequest, rows: everyJob(state).map(rowOf) }));
}

function restored(state: PipelineState, options: PipelineOptions): PipelineState {
  const { rows, status, cancelRequest } = stored(state);
  return restorePipeline(state.shape.rules, rows, { ...options, status, cancelRequest });
}

describe('a pipeline that is restored from its rows', () => {
  it.each(['none', 'all'] as const)(
    'equals the one that was kept in memory after every event, and so does its future (auto_cancel: on_job_failure: %s)',
    (onJobFailure) => {
      const options: PipelineOptions = { stages: STAGES, autoCancel: { onNewCommit: 'conservative', onJobFailure } };
      const seen = new Set<string>();
      void fc.assert(
        fc.property(jobsOfAnyShape, choices, (jobs, picks) => {
          let state = applyPipeline(createPipeline(jobs, options), { type: 'start' }, 0).state;
          for (const [step, pick] of picks.entries()) {
            const cold = restored(state, options);
            expect(cold).toEqual(state);
            const event = anyEvent(state, pick);
            const kept = applyPipeline(state, event, instantOf(step));
            expect(applyPipeline(cold, event, instantOf(step))).toEqual(kept);
            for (const effect of kept.effects) seen.add(effect.type);
            state = kept.state;
          }
        }),
        { ...RANDOM, numRuns: 150 },
      );
      // The traces are worth something: they reach retries, cleanups on offer, children, resources.
      expect([...seen]).toEqual(
        expect.arrayContaining([
          'retry_created',
          'offer_cleanup',
          'cancel_child',
          'resource_released',
          'stop',
          'abort',
        ]),
      );
    },
  );

  it('asks for a row for each of its jobs', () => {
    const { state } = new PipelineRun([job('a', 0), job('b', 0)]);
    const { rows, status, cancelRequest } = stored(state);
    const restore = () => restorePipeline(state.shape.rules, rows.slice(1), { stages: STAGES, status, cancelRequest });
    expect(restore).toThrow('a row for each job');
  });
});
