import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Group } from './compare.ts';
import { createFixture, type Fixture } from './fixture.ts';
import { program, time, timeWithPeak } from './processes.ts';

const bigBytes = 100_000_000;
const smallBytes = 1_000_000;
const line = 'the quick brown fox jumps over the lazy dog and writes about it in a log file\n';

const dir = mkdtempSync(join(tmpdir(), 'epilogue-bench-log-'));
const fixtures: Fixture[] = [];

/** Ours: the whole run, from start-up to exit, prefixed output to /dev/null. */
export const bigLog: Group = {
  name: 'log',
  about: 'of a job that prints 100 MB, against `cat` of the same bytes through a pipe to a file',
  comparisons: () => {
    const peaks = { big: 0, small: 0 };
    const big = printing('big', bigBytes);
    const small = printing('small', smallBytes);
    const run = async (fixture: Fixture, size: keyof typeof peaks): Promise<number> => {
      const { ms, peakKiB } = await timeWithPeak(process.execPath, [program, 'run'], fixture.dir, fixture.env);
      peaks[size] = Math.max(peaks[size], peakKiB);
      return ms;
    };
    const cat = (name: string): number => time('sh', ['-c', 'cat "$1" | cat >"$1.copy"', 'sh', join(dir, name)]);
    const memory = (size: keyof typeof peaks) => (): string => `peak memory ${(peaks[size] / 1024).toFixed(0)} MiB`;
    return [
      {
        name: '1 MB',
        target: null,
        rounds: 5,
        ours: () => run(small, 'small'),
        theirs: () => cat('small'),
        note: memory('small'),
      },
      {
        name: '100 MB',
        target: 2,
        rounds: 5,
        ours: () => run(big, 'big'),
        theirs: () => cat('big'),
        note: memory('big'),
      },
    ];
  },
  close() {
    for (const { close } of fixtures.splice(0)) close();
    rmSync(dir, { recursive: true });
  },
};

function printing(name: string, bytes: number): Fixture {
  const path = join(dir, name);
  writeFileSync(path, line.repeat(Math.ceil(bytes / line.length)));
  const fixture = createFixture(`print: { script: 'cat "${path}"' }\n`);
  fixtures.push(fixture);
  return fixture;
}
