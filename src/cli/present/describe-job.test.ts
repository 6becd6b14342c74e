import { describe, expect, it } from 'vitest';
import { finished } from '../testing/sample-run.ts';
import { describeEnd, describeTeardown } from './describe-job.ts';

describe('a job that a failed job or a newer pipeline cancelled', () => {
  it.each(['failed job lint', 'pipeline 12'])('says that it was %s', (canceledBy) => {
    const teardown = { phase: 'teardown', cause: 'superseded', canceledBy, deadline: null } as const;
    expect(describeTeardown(teardown, 0)).toBe(`ending (canceled by ${canceledBy})`);
    expect(describeTeardown({ ...teardown, deadline: 61_000 }, 0)).toBe(
      `cleaning up, 1:01 left (canceled by ${canceledBy})`,
    );
    const end = finished(1, 1, { status: 'canceled', cause: 'superseded', canceledBy, durationMs: null });
    expect(describeEnd(end)).toBe(`canceled (by ${canceledBy}, never started)`);
  });
});
