import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnDocker, images } from '../../../test/support/docker/docker.ts';
import { openJob, readAll } from '../testing/executor-contract.ts';
import { executor, play } from './testing/docker-bench.ts';

const LONG = 30_000;

/** A directory of this machine that no container has, with a file in it. */
function precious(): { readonly dir: string; readonly file: string } {
  const dir = mkdtempSync(join(tmpdir(), 'epilogue-precious-'));
  const file = join(dir, 'log');
  writeFileSync(file, 'SECRET=precious\n', { mode: 0o600 });
  return { dir, file };
}

describeOnDocker('a job that lays links for its runner', () => {
  it(
    'is told nothing of this machine by what its entrypoint says of its environment',
    async () => {
      const { file } = precious();
      const lay = `rm -f "$6"; ln -s "${file}" "$6"; printf '0 0 - 1\\nend\\n' >"$5"; sleep 1000`;
      const image = { name: images.busybox, entrypoint: ['sh', '-c', lay, 'sh'], pull_policy: [], executor_opts: {} };
      await expect(openJob(executor(), { image })).rejects.toMatchObject({ code: 'executor_unavailable' });
    },
    LONG,
  );

  it(
    'has nothing read from elsewhere as the log of a step',
    async () => {
      const { dir } = precious();
      await using fixture = await openJob(executor());
      const { place, job } = fixture;
      await play(place, 'script', `ln -s "${dir}" "${job.stepsDir}/after"`);
      expect((await readAll(place, 'after')).toString()).toBe('');
    },
    LONG,
  );

  it(
    'has no journals of other jobs taken for runs of its own',
    async () => {
      const { dir } = precious();
      mkdirSync(join(dir, '123'));
      await using fixture = await openJob(executor());
      const { place, job } = fixture;
      await play(place, 'script', `ln -s "${dir}" "${job.stepsDir}/nested-runs"`);
      expect(await place.nestedRuns()).toEqual([]);
      await place.disownNestedRuns();
      expect(existsSync(join(dir, '123'))).toBe(true);
    },
    LONG,
  );
});
