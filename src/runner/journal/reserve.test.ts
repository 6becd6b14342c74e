import { chmodSync } from 'node:fs';
import { afterEach, expect } from 'vitest';
import { itAsUser } from '../../../test/support/privilege.ts';
import { JobBench } from '../testing/job-bench.ts';

let bench: JobBench;
afterEach(() => bench.dispose());

itAsUser('runs the cleanup when the journal’s directory is closed to it', async () => {
  bench = new JobBench({});
  bench.onPhase = ({ phase }) => {
    if (phase === 'script') chmodSync(bench.directory, 0o500);
  };
  try {
    expect(await bench.run()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
  } finally {
    chmodSync(bench.directory, 0o700);
  }
});
