import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { job, PipelineRun } from '../../testing/pipeline-fixture.ts';
import { allSlots, slotAt, slotsOf, withSlot } from './slots.ts';

describe('slots', () => {
  it('are a list that never changes', () => {
    void fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 200 }), fc.nat(200), fc.integer(), (values, at, value) => {
        const index = Math.min(at, values.length);
        const slots = slotsOf(values);
        const changed = withSlot(slots, index, value);
        expect(allSlots(slots)).toEqual(values);
        const expected = [...values];
        expected[index] = value;
        expect(allSlots(changed)).toEqual(expected);
        expect(slotAt(changed, index)).toBe(value);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('let one event in a large pipeline leave nearly all of it alone', () => {
    const stages = Array.from({ length: 100 }, (_, stage) => stage);
    const jobs = stages.flatMap((stage) => Array.from({ length: 50 }, (_, index) => job(`${stage}-${index}`, stage)));
    const run = new PipelineRun(jobs);
    const { jobs: jobsBefore, openNeeds } = run.state;
    run.pass('0-7');
    const touched = run.state.jobs.chunks.filter((chunk, index) => chunk !== jobsBefore.chunks[index]);
    expect(touched).toHaveLength(1);
    expect(run.state.openNeeds).toBe(openNeeds);
  });
});
