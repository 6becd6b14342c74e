import { describe, expect, it } from 'vitest';
import type { Act } from './scripted/scripted-step.ts';
import { describeOnEach } from './testing/candidates.ts';
import {
  collectPaths,
  deliverAll,
  fileOf,
  openJob,
  readAll,
  waitForEnd,
  waitForOutput,
} from './testing/executor-contract.ts';

describeOnEach('the $name executor', ({ executor, script }) => {
  describe('running a step', () => {
    it('plays a step to its end, keeps what it printed and tells its exit code', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      expect(await place.look('build')).toEqual({ kind: 'absent' });
      const acts: readonly Act[] = [
        { do: 'print', text: 'one\n' },
        { do: 'wait', ms: 5 },
        { do: 'print', text: 'two\n' },
        { do: 'exit', code: 7 },
      ];
      await place.start({ id: 'build', script: script(acts) });
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'ended', code: 7 });
      expect((await readAll(place, 'build')).toString()).toBe('one\ntwo\n');
    });

    it('is running as soon as it has started', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'hang' }]) });
      expect(await place.look('build')).toEqual({ kind: 'running' });
      expect(await place.signal('none')).not.toEqual([]);
    });

    it('runs steps one after the other in the same place, each with a log of its own', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      for (const id of ['first', 'second']) {
        await place.start({ id, script: script([{ do: 'print', text: id }]) });
        expect(await waitForEnd(place, id)).toEqual({ kind: 'ended', code: 0 });
        expect((await readAll(place, id)).toString()).toBe(id);
      }
    });

    it('runs a step once, however often it is started', async () => {
      await using fixture = await openJob(executor());
      const { job, place } = fixture;
      const step = { id: 'build', script: script([{ do: 'print', text: 'once' }]) };
      await place.start(step);
      await place.start(step);
      await waitForEnd(place, 'build');
      await place.start(step);
      await (await executor().prepare(job, new AbortController().signal)).start(step);
      expect((await readAll(place, 'build')).toString()).toBe('once');
    });

    it('runs a step once when several runners start it at the same moment', async () => {
      await using fixture = await openJob(executor());
      const { job, place } = fixture;
      const others = await Promise.all([1, 2, 3].map(() => executor().prepare(job, new AbortController().signal)));
      const step = { id: 'build', script: script([{ do: 'print', text: 'once' }]) };
      await Promise.all([place, ...others].map((racer) => racer.start(step)));
      for (const racer of [place, ...others]) {
        expect(await waitForEnd(racer, 'build')).toEqual({ kind: 'ended', code: 0 });
      }
      expect((await readAll(place, 'build')).toString()).toBe('once');
    });
  });

  describe('forbidding a step', () => {
    it('keeps a step that nobody started from ever starting', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.forbid('build');
      await place.forbid('build');
      const step = { id: 'build', script: script([{ do: 'print', text: 'no' }]) };
      await expect(place.start(step)).rejects.toMatchObject({ code: 'step_forbidden' });
      expect(await place.look('build')).toEqual({ kind: 'absent' });
      expect(await readAll(place, 'build')).toHaveLength(0);
    });

    it('leaves a step alone that has started', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'exit', code: 3 }]) });
      await place.forbid('build');
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'ended', code: 3 });
    });
  });

  describe('cleaning', () => {
    it('leaves the files when told so, and nothing that runs', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await deliverAll(place, [fileOf('a', 'x')]);
      await place.start({ id: 'build', script: script([{ do: 'print', text: 'up' }, { do: 'hang' }]) });
      await waitForOutput(place, 'build', 'up');
      await place.clean(true);
      expect(await place.signal('none')).toEqual([]);
      expect(await collectPaths(place, { paths: ['a'] })).toEqual(['a']);
    });

    it('kills what runs, removes the project files, and may be done again', async () => {
      await using fixture = await openJob(executor());
      const { job, place } = fixture;
      await deliverAll(place, [fileOf('a/b', 'x')]);
      await place.start({
        id: 'build',
        script: script([{ do: 'ignore_term' }, { do: 'print', text: 'up' }, { do: 'hang' }]),
      });
      await waitForOutput(place, 'build', 'up');
      await place.clean();
      expect(await place.signal('none')).toEqual([]);
      expect(await place.look('build')).toEqual({ kind: 'ended', code: 137 });
      await place.clean();
      const next = await executor().prepare(job, new AbortController().signal);
      expect(await collectPaths(next, { paths: ['**'] })).toEqual([]);
      expect((await readAll(next, 'build')).toString()).toBe('up');
      await next.clean();
    });
  });
});
