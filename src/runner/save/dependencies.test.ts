import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CollectedFile, Place } from '../../executors/index.ts';
import { collected, listed, makeWorkshop, type Workshop } from '../testing/place.ts';
import { DEFAULT_ARCHIVE_LIMITS, writeArchive } from './archive/archive.ts';
import { type DependencyArchive, unpackDependencies } from './dependencies.ts';

const { signal } = new AbortController();
let workshop: Workshop;
let place: Place;
let log: string;
beforeEach(async () => {
  workshop = makeWorkshop();
  place = await workshop.place('app');
  log = '';
});
afterEach(() => workshop.remove());

async function archive(jobId: number, ...files: readonly CollectedFile[]): Promise<DependencyArchive> {
  const path = join(workshop.dir, `${jobId}.zip`);
  await writeArchive(path, listed(...files), DEFAULT_ARCHIVE_LIMITS, signal);
  return { jobId, jobName: `job ${jobId}`, path };
}

function unpack(...archives: readonly DependencyArchive[]): Promise<void> {
  const add = (text: string) => {
    log += text;
  };
  return unpackDependencies({ archives, place, limits: DEFAULT_ARCHIVE_LIMITS, log: add, signal });
}

it('artifacts of earlier jobs are unpacked in order, later ones overwrite', async () => {
  mkdirSync(join(workshop.dir, 'app', 'out'), { recursive: true });
  writeFileSync(join(workshop.dir, 'app', 'out', 'a'), 'from the sources');
  const first = await archive(1, collected('out/a', 'one'), collected('out/b', 'one'));
  await unpack(first, await archive(2, collected('out/b', 'two')));
  expect(readFileSync(join(workshop.dir, 'app', 'out', 'a'), 'utf8')).toBe('one');
  expect(readFileSync(join(workshop.dir, 'app', 'out', 'b'), 'utf8')).toBe('two');
  expect(log).toBe('Downloading artifacts for job 1 (1)...\nDownloading artifacts for job 2 (2)...\n');
});

it('artifacts that cannot be unpacked fail with the name of their job', async () => {
  await expect(unpack({ jobId: 7, jobName: 'build', path: join(workshop.dir, 'none.zip') })).rejects.toMatchObject({
    code: 'dependency_not_unpacked',
    message: expect.stringMatching(/^the artifacts of build \(7\) cannot be unpacked: cannot read .*none\.zip/),
  });
});

it('artifacts do not leave the project directory through a link they bring along', async () => {
  const link = collected('out', workshop.dir, { kind: 'symlink' });
  await expect(unpack(await archive(1, link, collected('out/escaped', 'x')))).rejects.toMatchObject({
    code: 'dependency_not_unpacked',
  });
});
