import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Act } from './scripted/scripted-step.ts';
import { describeOnEach } from './testing/candidates.ts';
import { openJob, readAll, signalUntilDead, until, waitForEnd, waitForOutput } from './testing/executor-contract.ts';

describeOnEach('the $name executor', ({ executor, script }) => {
  describe('signalling', () => {
    it('ends a step with TERM, as a shell reports it, and finds nothing afterwards', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'print', text: 'up' }, { do: 'hang' }]) });
      await waitForOutput(place, 'build', 'up');
      expect(await place.signal('none')).not.toEqual([]);
      await place.signal('TERM');
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'ended', code: 143 });
      await until('nothing is left', async () => ((await place.signal('none')).length === 0 ? true : null));
    });

    it('lets a script that traps TERM finish in its own way', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      const onTerm: readonly Act[] = [
        { do: 'print', text: 'bye' },
        { do: 'exit', code: 5 },
      ];
      const acts: readonly Act[] = [{ do: 'on_term', acts: onTerm }, { do: 'print', text: 'up' }, { do: 'hang' }];
      await place.start({ id: 'build', script: script(acts) });
      await waitForOutput(place, 'build', 'up');
      await place.signal('TERM');
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'ended', code: 5 });
      expect((await readAll(place, 'build')).toString()).toBe('upbye');
    });

    it('ends a script that ignores TERM with KILL', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      const acts: readonly Act[] = [{ do: 'ignore_term' }, { do: 'print', text: 'up' }, { do: 'hang' }];
      await place.start({ id: 'build', script: script(acts) });
      await waitForOutput(place, 'build', 'up');
      expect(await place.signal('TERM')).not.toEqual([]);
      expect(await place.signal('none')).not.toEqual([]);
      expect(await place.look('build')).toEqual({ kind: 'running' });
      await signalUntilDead(place, 'KILL');
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'ended', code: 137 });
    });

    it('reaches a step that another runner started', async () => {
      await using fixture = await openJob(executor());
      const { job, place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'print', text: 'up' }, { do: 'hang' }]) });
      await waitForOutput(place, 'build', 'up');
      const next = await executor().prepare(job, new AbortController().signal);
      await next.signal('TERM');
      expect(await waitForEnd(next, 'build')).toEqual({ kind: 'ended', code: 143 });
    });

    it('finds nothing in a job that runs nothing', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      for (const signal of ['none', 'TERM', 'KILL'] as const) expect(await place.signal(signal)).toEqual([]);
    });

    it('reaches what works for the job on the runner’s machine', async () => {
      await using fixture = await openJob(executor());
      const { job, place } = fixture;
      const child = spawn('sleep', ['1000'], { env: place.host.environment });
      const ended = once(child, 'exit');
      expect(await place.signal('none')).toMatchObject([{ pid: child.pid, name: 'sleep' }]);
      expect(await place.untilDead(10)).toMatchObject([{ name: 'sleep' }]);
      // Also of an earlier runner.
      const next = await executor().prepare(job, new AbortController().signal);
      expect(await next.signal('TERM')).toMatchObject([{ pid: child.pid, name: 'sleep' }]);
      expect(await ended).toEqual([null, 'SIGTERM']);
      expect(await next.untilDead(8_000)).toEqual([]);
    });

    it('does not wait for what a step leaves behind, but finds it', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'leave_process' }, { do: 'exit', code: 0 }]) });
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'ended', code: 0 });
      expect(await place.signal('none')).toHaveLength(1);
      await signalUntilDead(place, 'TERM');
    });

    it('reports a step without an exit code as vanished', async () => {
      await using fixture = await openJob(executor());
      const { job, place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'print', text: 'up' }, { do: 'vanish' }]) });
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'vanished' });
      const next = await executor().prepare(job, new AbortController().signal);
      expect(await waitForEnd(next, 'build')).toEqual({ kind: 'vanished' });
      expect((await readAll(next, 'build')).toString()).toBe('up');
    });
  });
});
