import { describe, expect, it } from 'vitest';
import type { Act } from './scripted/scripted-step.ts';
import { describeOnEach } from './testing/candidates.ts';
import { openJob, readAll, waitForEnd, waitForOutput } from './testing/executor-contract.ts';

describeOnEach('the $name executor', ({ executor, script }) => {
  describe('following a log', () => {
    it('passes NUL bytes and invalid UTF-8 unchanged, also through a small buffer', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      const bytes = Uint8Array.of(0, 97, 255, 0xc3, 0x28, 0xe2, 10);
      await place.start({ id: 'build', script: script([{ do: 'print', text: bytes }]) });
      await waitForEnd(place, 'build');
      expect((await readAll(place, 'build', 0, 3)).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
    });

    it('has no gap and no repeat when another runner goes on at the last offset', async () => {
      await using fixture = await openJob(executor());
      const { job, place } = fixture;
      const acts: readonly Act[] = [
        { do: 'print', text: 'before\n' },
        { do: 'wait', ms: 100 },
        { do: 'print', text: 'after\n' },
      ];
      await place.start({ id: 'build', script: script(acts) });
      const first = await waitForOutput(place, 'build', 'before');
      const next = await executor().prepare(job, new AbortController().signal);
      expect(await waitForEnd(next, 'build')).toEqual({ kind: 'ended', code: 0 });
      expect(first + (await readAll(next, 'build', first.length))).toBe('before\nafter\n');
    });

    it('reads nothing beyond the end and nothing of a step that never was', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'print', text: 'abc' }]) });
      await waitForEnd(place, 'build');
      expect(await place.readLog('build', 3, Buffer.alloc(8))).toBe(0);
      expect(await place.readLog('build', 99, Buffer.alloc(8))).toBe(0);
      expect(await place.readLog('other', 0, Buffer.alloc(8))).toBe(0);
    });

    it('keeps no more of a log than is wanted, and lets the step print on', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      const acts: readonly Act[] = [
        { do: 'print', text: 'wanted, not wanted' },
        // Longer than an exec takes.
        { do: 'wait', ms: 1_000 },
        { do: 'print', text: '!' },
      ];
      expect(await place.cutLog('build', 0)).toBe(0);
      await place.start({ id: 'build', script: script(acts) });
      await waitForOutput(place, 'build', 'not wanted');
      expect(await place.cutLog('build', 6)).toBe(12);
      expect(await place.cutLog('build', 6)).toBe(0);
      await waitForEnd(place, 'build');
      expect((await readAll(place, 'build')).toString()).toBe('wanted!');
    });

    it('wakes whoever waits, at output, at the end, at the deadline and on abort', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      const long = 60_000;
      const acts: readonly Act[] = [
        { do: 'wait', ms: 30 },
        { do: 'print', text: 'x' },
        { do: 'wait', ms: 30 },
      ];
      await place.start({ id: 'build', script: script(acts) });
      await place.changed('build', long);
      await waitForOutput(place, 'build', 'x');
      await waitForEnd(place, 'build');
      await place.changed('build', long);
      await place.start({ id: 'idle', script: script([{ do: 'hang' }]) });
      await place.changed('idle', 10);
      await place.changed('idle', long, AbortSignal.abort());
      await place.changed('idle', long, AbortSignal.timeout(10));
      expect(await place.look('idle')).toEqual({ kind: 'running' });
    });
  });
});
