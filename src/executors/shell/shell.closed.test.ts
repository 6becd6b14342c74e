import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { itAsUser } from '../../../test/support/privilege.ts';
import { realClock } from '../../base/index.ts';
import { openJob, waitForEnd, waitForOutput } from '../testing/executor-contract.ts';
import { createShellExecutor } from './shell.ts';

const shell = createShellExecutor({ clock: realClock });

/** Starts a step that would run on, has `spoil` at the directories of the job's steps, and ends the tree. */
async function endAfter(spoil: (stepsDir: string, stepDir: string) => void): Promise<void> {
  await using fixture = await openJob(shell);
  const { job, place } = fixture;
  await place.start({ id: 'step', script: 'setsid sleep 1000 & echo up; wait' });
  await waitForOutput(place, 'step', 'up');
  spoil(job.stepsDir, join(job.stepsDir, 'step'));
  expect(await place.signal('KILL')).not.toEqual([]);
  await waitForEnd(place, 'step');
  await place.start({ id: 'after', script: 'exit 3' });
  expect(await waitForEnd(place, 'after')).toEqual({ kind: 'ended', code: 3 });
}

describe('a script that spoils the directories of its steps', () => {
  itAsUser('is stopped after it has closed the directory of its step', () => endAfter((_, dir) => chmodSync(dir, 0)));
  itAsUser('is stopped after it has closed all of them', () =>
    endAfter((stepsDir, dir) => {
      chmodSync(dir, 0);
      chmodSync(stepsDir, 0);
    }),
  );
  itAsUser('is stopped after it has closed a file in it', () => endAfter((_, dir) => chmodSync(join(dir, 'pid'), 0)));
  itAsUser('is stopped after it has forbidden to write there', () =>
    endAfter((stepsDir) => chmodSync(stepsDir, 0o500)),
  );

  it.each(['pid', 'exit'])('is stopped after it has made %s a link to itself, or a pipe', async (file) => {
    await endAfter((_, dir) => {
      rmSync(join(dir, file));
      symlinkSync(file, join(dir, file));
    });
    await endAfter((_, dir) => {
      rmSync(join(dir, file));
      execFileSync('mkfifo', [join(dir, file)]);
    });
  });
});
