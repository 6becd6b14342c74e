import { chownSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ODD_FILES, replace } from '../../../test/support/files/odd-files.ts';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { realClock } from '../../base/index.ts';
import { openJob, readAll, waitForEnd } from '../testing/executor-contract.ts';
import { createShellExecutor } from './shell.ts';

const shell = createShellExecutor({ clock: realClock });

/** What may lie in the place of a file of a step that is to come. */
const KINDS: typeof ODD_FILES = {
  ...ODD_FILES,
  'a file': (path) => writeFileSync(path, 'mine'),
  'a link to nothing': (path) => symlinkSync('nothing', path),
  'an end': (path) => writeFileSync(path, '000 1.0\n'),
};

/** Has `spoil` at the directories of the job's steps before a step for which room was made, and sees that it runs. */
async function runAfter(spoil: (stepsDir: string, stepDir: string) => void): Promise<void> {
  await using fixture = await openJob(shell);
  const { job, place } = fixture;
  const step = { id: 'step', script: 'echo said; exit 3' };
  await place.reserve(step);
  spoil(job.stepsDir, join(job.stepsDir, 'step'));
  await place.clear('step');
  await place.clear('step');
  await place.start(step);
  expect(await waitForEnd(place, 'step')).toEqual({ kind: 'ended', code: 3 });
  expect((await readAll(place, 'step')).toString()).toBe('said\n');
}

describe.each(['claim', 'log', 'exit', 'pid', 'script', 'room', 'more'])(
  'a step whose %s is there before it',
  (file) => {
    it.each(Object.entries(KINDS))('as %s runs all the same, and what it prints is kept', (_, make) =>
      runAfter((_stepsDir, dir) => replace(join(dir, file), make)),
    );
  },
);

it.each(Object.entries(KINDS))('a step runs in whose place there is %s, and what it prints is kept', (_, make) =>
  runAfter((_stepsDir, dir) => replace(dir, make)),
);

it.each(Object.entries(KINDS))('a step runs where %s lies in the place of all steps', (_, make) =>
  runAfter((stepsDir) => replace(stepsDir, make)),
);

itAsRoot('a step runs whose directory, or a file in it, was given away', async () => {
  await runAfter((_, dir) => chownSync(dir, 65_534, 65_534));
  await runAfter((_, dir) => chownSync(join(dir, 'exit'), 65_534, 65_534));
});

it('the room for a step stays where nobody has touched it', async () => {
  await using fixture = await openJob(shell);
  const { job, place } = fixture;
  await place.reserve({ id: 'step', script: 'true' });
  await place.clear('step');
  expect(readdirSync(join(job.stepsDir, 'step')).sort()).toEqual(['exit', 'pid', 'room']);
});
