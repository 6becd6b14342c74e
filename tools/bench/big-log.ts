import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Group } from './compare.ts';
import { createFixture, type Fixture, temporaryDirectory } from './fixture.ts';
import { program, time, timeWithPeak } from './processes.ts';

const bigBytes = 100_000_000;
const smallBytes = 1_000_000;
const line = 'the quick brown fox jumps over the lazy dog and writes about it in a log file\n';

/** Ours: the whole run, from start-up to exit, output to /dev/null. */
export const bigLog: Group = {
  name: 'log',
  about: 'of a job that prints 100 MB, against `cat` of the same bytes through a pipe to a file',
  comparisons: () => {
    const dir = temporaryDirectory();
    const peaks = { big: 0, small: 0 };
    const big = printing(join(dir, 'big'), bigBytes);
    const silent = createFixture(`print: { script: 'true' }\n`);
    const small = printing(join(dir, 'small'), smallBytes);
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
        // Over a run that prints nothing.
        ours: async () => (await run(big, 'big')) - (await run(silent, 'small')),
        theirs: () => cat('big'),
        note: memory('big'),
      },
    ];
  },
};

function printing(path: string, bytes: number): Fixture {
  writeFileSync(path, line.repeat(Math.ceil(bytes / line.length)));
  // Above the log limit, so that every byte is shipped.
  return createFixture(`print: { variables: { RUNNER_LOG_LIMIT: '1000000' }, script: 'cat "${path}"' }\n`);
}
