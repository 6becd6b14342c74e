import { afterAll, afterEach, beforeAll } from 'vitest';
import { RunnerLab } from './runner-lab.ts';

/** One for all tests of a file; none of them leaves a runner to the next. */
export function useRunnerLab(): RunnerLab {
  const lab = new RunnerLab();
  beforeAll(() => lab.open(), 60_000);
  afterAll(() => lab.close(), 60_000);
  afterEach(async () => {
    if (lab.isRunning) await lab.kill();
    lab.proxy.heal();
  });
  return lab;
}
