import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { itAsUser } from '../../../test/support/privilege.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { type Clock, realClock } from '../../base/index.ts';
import type { Place } from '../executor.ts';
import { NEVER, openJob, waitForEnd, waitForOutput } from '../testing/executor-contract.ts';
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

describe('a wait that finds a directory closed', () => {
  /** A second of it goes by at once. */
  const fastClock = (onSleep: () => void): { readonly clock: Clock; readonly elapsedMs: () => number } => {
    let elapsed = 0;
    const sleep: Clock['sleep'] = async (ms) => {
      elapsed += ms;
      onSleep();
    };
    return { clock: { ...realClock, monotonic: () => elapsed, sleep }, elapsedMs: () => elapsed };
  };

  itAsUser('opens it, and takes no longer than it was to', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    // It writes nothing more by itself then: that would end a wait too.
    await place.start({ id: 'step', script: 'touch up; sleep 1000' });
    await waitUntil('the script runs', () => existsSync(join(job.projectDir, 'up')));
    for (const wait of [
      (watched: Place) => watched.changed('step', 1_000),
      (watched: Place) => watched.untilDead(1_000),
    ]) {
      let slept = 0;
      const { clock, elapsedMs } = fastClock(() => {
        slept += 1;
        if (slept === 2) chmodSync(join(job.stepsDir, 'step'), 0);
      });
      const watched = await createShellExecutor({ clock }).prepare(job, NEVER);
      const begun = elapsedMs();
      await wait(watched);
      expect(slept, 'it looked again after that').toBeGreaterThan(2);
      expect(elapsedMs() - begun).toBeLessThanOrEqual(1_000);
    }
    await place.signal('KILL');
  });
});
