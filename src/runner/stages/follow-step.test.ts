import { expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { payload } from '../../../test/support/jobs/payload.ts';
import { Failure } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import { followStep } from './follow-step.ts';

it('does not try without a pause to write a log for which there is no room', async () => {
  const clock = new AutoClock(0);
  let tries = 0;
  const log = {
    isFull: false,
    async ship() {
      tries += 1;
      throw new Failure('log_unwritable', 'no space left');
    },
  };
  const place = {
    look: async () => (clock.monotonic() < 10_000 && tries < 10_000 ? { kind: 'running' } : { kind: 'ended', code: 0 }),
    // What could not be written is still there to be read.
    changed: async () => {},
  };
  const run = { clock, log, place, payload: payload(), ports: { trouble: () => {} } } as unknown as JobRun;
  expect(await followStep(run, 'script', new AbortController().signal)).toEqual({ kind: 'ended', code: 0 });
  expect(tries).toBeLessThanOrEqual(201);
});
