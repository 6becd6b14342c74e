import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ODD_FILES } from '../../../test/support/files/odd-files.ts';
import { itAsRoot, itAsUser } from '../../../test/support/privilege.ts';
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

it.each(Object.entries(ODD_FILES))('is not waited for where it is %s', async (_, make) => {
  bench = new JobBench({});
  make(join(bench.directory, 'reserve'));
  expect(await bench.run()).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
  expect(bench.started).toEqual([]);
});

itAsRoot('leaves what is mounted over it', async () => {
  bench = new JobBench({});
  const [words, taken, reserve] = ['reserve.words', 'precious', 'reserve'].map((name) => join(bench.directory, name));
  const mounts = [words, reserve].map(String);
  writeFileSync(String(taken), 'precious');
  bench.onPhase = ({ phase }) => {
    if (phase === 'script') for (const path of mounts) execFileSync('mount', ['--bind', String(taken), path]);
  };
  try {
    expect(await bench.run()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    expect(readFileSync(String(taken), 'utf8')).toBe('precious');
  } finally {
    for (const path of mounts) execFileSync('umount', [path]);
  }
});

itAsRoot('leaves a tree that is mounted in its place', async () => {
  bench = new JobBench({});
  const [precious, place] = [join(bench.directory, 'precious'), join(bench.directory, 'reserve')];
  mkdirSync(precious);
  writeFileSync(join(precious, 'kept'), '');
  bench.onPhase = ({ phase }) => {
    if (phase !== 'script') return;
    execFileSync('sh', ['-c', 'rm "$2" && mkdir "$2" && mount --bind "$1" "$2"', 'sh', precious, place]);
  };
  try {
    expect(await bench.run()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    expect(readFileSync(join(precious, 'kept'), 'utf8')).toBe('');
  } finally {
    execFileSync('umount', [place]);
  }
});
