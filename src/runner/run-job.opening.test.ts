import { readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../base/index.ts';
import { Control } from './control.ts';
import { JobBench } from './testing/job-bench.ts';

let bench: JobBench;

afterEach(() => bench.dispose());

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // That of the listing itself.
    }
  });
}

describe('a job that cannot be opened', () => {
  it('for want of a place owes nothing and leaves no file open', async () => {
    bench = new JobBench({});
    const result = await bench.run(new Control(), false, (turn) => {
      if (turn === 'prepare') throw new Failure('executor_unavailable', 'no shell found');
    });
    expect(result).toMatchObject({ status: 'failed', cleanup: { outcome: 'not_owed' } });
    expect(openFiles().filter((path) => path.startsWith(bench.directory))).toEqual([]);
  });

  it('for want of a journal owes nothing and leaves none of its secrets', async () => {
    bench = new JobBench({}, { hooks: [{ name: 'pre_get_sources_script', script: ['get hunter22'] }] });
    // A file that nobody can write to, root neither.
    symlinkSync('/proc/version', join(bench.directory, 'moves.jsonl'));
    expect(await bench.run()).toMatchObject({ status: 'failed', cleanup: { outcome: 'not_owed' } });
    expect(readFileSync(join(bench.directory, 'job.json'), 'utf8')).not.toContain('hunter22');
  });
});

describe('an obligation', () => {
  it('is on the books before anybody is told that the script has begun', async () => {
    bench = new JobBench({});
    let owedWhenTold: boolean | null = null;
    bench.onPhase = ({ phase }) => {
      if (phase === 'script') owedWhenTold = bench.moves().some(({ move }) => move === 'obligation_opened');
    };
    await bench.run();
    expect(owedWhenTold).toBe(true);
  });
});

it('does not clean up in a directory that is still being filled', async () => {
  bench = new JobBench({}, { hooks: [{ name: 'pre_get_sources_script', script: ['true'] }] });
  const { clock } = bench;
  let hasLetGoAt = 0;
  bench.getSources = async (_, signal) => {
    await clock.sleep(60_000, signal);
    await clock.sleep(700);
    hasLetGoAt = clock.monotonic();
    signal.throwIfAborted();
  };
  const control = new Control();
  void clock.sleep(30_000).then(() => control.interrupt({ cause: 'canceled', isCancel: true, by: 'ann' }));
  expect((await bench.run(control))?.cleanup.outcome).toBe('succeeded');
  expect(hasLetGoAt).toBeGreaterThan(30_000);
  expect(bench.startOf('after_script-1')).toBeGreaterThanOrEqual(hasLetGoAt);
});

it.each([
  ['artifact_refused', 'script_failure'],
  ['coordinator_unreachable', 'runner_system_failure'],
])('fails a job that cannot have an archive, for the reason %s as %s', async (code, failureReason) => {
  bench = new JobBench({}, { dependencies: [{ id: 7, name: 'make', token: 't' }] });
  bench.dependencyArchive = async () => {
    throw new Failure(code, 'no archive of job 7');
  };
  expect(await bench.run()).toMatchObject({ status: 'failed', failureReason });
  expect(bench.log()).toContain('Job failed: no archive of job 7');
});
