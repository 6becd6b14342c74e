import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realClock } from '../../base/index.ts';
import { readWrapper } from '../steps/step-directory.ts';
import { openJob, readAll, waitForEnd, waitForOutput } from '../testing/executor-contract.ts';
import { createShellExecutor } from './shell.ts';

const shell = createShellExecutor({ clock: realClock });

describe('a runner that is gone', () => {
  /** A runner in a process of its own that starts a step and then does `ending`. */
  async function startInAnotherProcess(job: object, script: string, ending: string): Promise<number | null> {
    const source = `
      import { createShellExecutor } from ${JSON.stringify(join(import.meta.dirname, '../index.ts'))};
      import { realClock } from ${JSON.stringify(join(import.meta.dirname, '../../base/index.ts'))};
      const place = await createShellExecutor({ clock: realClock }).prepare(${JSON.stringify(job)}, new AbortController().signal);
      await place.start({ id: 'step', script: ${JSON.stringify(script)} });
      ${ending}`;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = await once(runner, 'exit');
    return code;
  }

  it('is not kept from ending by a step that runs on, and another one takes the step over', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    expect(await startInAnotherProcess(job, 'echo up; sleep 1000', '')).toBe(0);
    await waitForOutput(place, 'step', 'up');
    expect(await place.look('step')).toEqual({ kind: 'running' });
    expect(await place.signal('TERM')).not.toEqual([]);
    expect(await waitForEnd(place, 'step')).toEqual({ kind: 'ended', code: 143 });
  });

  it('may be killed: the step goes on, and its log and exit code are read later', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    const script = 'echo one; while [ ! -e go ]; do sleep 0.01; done; echo two; exit 6';
    await startInAnotherProcess(job, script, "process.kill(process.pid, 'SIGKILL');");
    await waitForOutput(place, 'step', 'one');
    writeFileSync(join(job.projectDir, 'go'), '');
    expect(await waitForEnd(place, 'step')).toEqual({ kind: 'ended', code: 6 });
    expect((await readAll(place, 'step')).toString()).toBe('one\ntwo\n');
  });

  it('leaves a step vanished whose wrapper was killed together with it', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    await startInAnotherProcess(job, 'sleep 1000', '');
    process.kill(-(readWrapper(join(job.stepsDir, 'step'))?.pid ?? 0), 'SIGKILL');
    expect(await waitForEnd(place, 'step')).toEqual({ kind: 'vanished' });
  });

  it('leaves a step vanished whose wrapper was killed right after its claim', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    mkdirSync(join(job.stepsDir, 'step'));
    writeFileSync(join(job.stepsDir, 'step', 'claim'), '');
    expect(await waitForEnd(place, 'step')).toEqual({ kind: 'vanished' });
  });
});
