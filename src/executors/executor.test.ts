import { describe, expect, it } from 'vitest';
import { realClock } from '../base/index.ts';
import { createScriptedMachine } from './scripted/scripted-machine.ts';
import type { Act } from './scripted/scripted-step.ts';
import { createShellExecutor } from './shell/shell.ts';
import {
  type Candidate,
  collectAll,
  collectPaths,
  deliverAll,
  fileOf,
  openJob,
  readAll,
  signalUntilDead,
  until,
  waitForEnd,
  waitForOutput,
} from './testing/executor-contract.ts';
import { shellScript } from './testing/shell-script.ts';

function scriptedCandidate(): Candidate {
  const plays = new Map<string, readonly Act[]>();
  const machine = createScriptedMachine({ clock: realClock, perform: ({ script }) => plays.get(script) ?? [] });
  const script = (acts: readonly Act[]): string => {
    const title = `play ${plays.size}`;
    plays.set(title, acts);
    return title;
  };
  return { name: 'scripted', executor: machine.executor, script };
}

const shellCandidate: Candidate = {
  name: 'shell',
  executor: () => createShellExecutor({ clock: realClock }),
  script: shellScript,
};

describe.each([shellCandidate, scriptedCandidate()])('the $name executor', ({ executor, script }) => {
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
      expect(await place.signal('none')).toBeGreaterThan(0);
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
      await expect(place.start(step)).rejects.toMatchObject({ code: 'step_not_started' });
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

  describe('signalling', () => {
    it('ends a step with TERM, as a shell reports it, and finds nothing afterwards', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'print', text: 'up' }, { do: 'hang' }]) });
      await waitForOutput(place, 'build', 'up');
      expect(await place.signal('none')).toBeGreaterThan(0);
      await place.signal('TERM');
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'ended', code: 143 });
      await until('nothing is left', async () => ((await place.signal('none')) === 0 ? true : null));
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
      expect(await place.signal('TERM')).toBeGreaterThan(0);
      expect(await place.signal('none')).toBeGreaterThan(0);
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
      for (const signal of ['none', 'TERM', 'KILL'] as const) expect(await place.signal(signal)).toBe(0);
    });

    it('does not wait for what a step leaves behind, but finds it', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'leave_process' }, { do: 'exit', code: 0 }]) });
      expect(await waitForEnd(place, 'build')).toEqual({ kind: 'ended', code: 0 });
      expect(await place.signal('none')).toBe(1);
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

  describe('collecting and delivering files', () => {
    const tree = [
      fileOf('build', '', { kind: 'directory', mode: 0o755 }),
      fileOf('build.log', 'log'),
      fileOf('build/.hidden', 'h'),
      fileOf('build/a.o', 'a', { mode: 0o600 }),
      fileOf('build/deep', '', { kind: 'directory', mode: 0o750 }),
      fileOf('build/deep/b.o', 'b'),
      fileOf('build/deep/run', '#!', { mode: 0o755 }),
      fileOf('build/link', '../../outside', { kind: 'symlink', mode: 0o777 }),
      fileOf('empty'),
    ];

    it('gives back what was delivered, in path order', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await deliverAll(place, tree);
      const found = await collectAll(place, { paths: ['**'] });
      expect(found.map((file) => file.path)).toEqual(tree.map((file) => file.path));
      for (const [index, file] of found.entries()) {
        const { kind, mode, modifiedMs } = tree[index] ?? fileOf('');
        expect(file).toMatchObject({ kind, mode, modifiedMs });
      }
      expect(found.map((file) => file.content).join('|')).toBe('|log|h|a||b|#!|../../outside|');
    });

    it.each([
      {
        paths: ['build'],
        found: ['build', 'build/.hidden', 'build/a.o', 'build/deep', 'build/deep/b.o', 'build/deep/run', 'build/link'],
      },
      { paths: ['build/deep/'], found: ['build/deep', 'build/deep/b.o', 'build/deep/run'] },
      { paths: ['./build/*.o'], found: ['build/a.o'] },
      { paths: ['**/*.o'], found: ['build/a.o', 'build/deep/b.o'] },
      { paths: ['build/{a,x}.o', 'emp?y'], found: ['build/a.o', 'empty'] },
      { paths: ['*.log', '*.log', 'build.log'], found: ['build.log'] },
      {
        paths: ['build'],
        exclude: ['build/deep/**/*', '**/.hidden'],
        found: ['build', 'build/a.o', 'build/deep', 'build/link'],
      },
      { paths: ['build/**/*.o'], exclude: ['**/deep/*.o'], found: ['build/a.o'] },
      { paths: ['[!abc]*', 'build/[^.l]*'], exclude: ['build/deep/**'], found: ['build/a.o', 'empty'] },
      { paths: ['missing', 'build/link/x', '../*', '/etc/passwd', 'build/../../x'], found: [] },
      { paths: [], found: [] },
    ])('selects $paths without $exclude', async ({ paths, exclude = [], found }) => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await deliverAll(place, tree);
      expect(await collectPaths(place, { paths, exclude })).toEqual(found);
    });

    it('selects absolute paths below the project directory', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await deliverAll(place, tree);
      expect(await collectPaths(place, { paths: [`${place.projectDir}/build/*.o`] })).toEqual(['build/a.o']);
    });

    it('collects what a step wrote', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await place.start({ id: 'build', script: script([{ do: 'write', path: 'out/report', content: 'fine' }]) });
      await waitForEnd(place, 'build');
      expect((await collectAll(place, { paths: ['out/*'] })).map((file) => file.content)).toEqual(['fine']);
    });

    it('replaces files that are there', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await deliverAll(place, [
        fileOf('a/b', 'old, and longer', { mode: 0o400 }),
        fileOf('l', 'a', { kind: 'symlink' }),
      ]);
      await deliverAll(place, [fileOf('a/b', 'new'), fileOf('l', 'now a file')]);
      expect((await collectAll(place, { paths: ['a/b', 'l'] })).map((file) => file.content)).toEqual([
        'new',
        'now a file',
      ]);
    });

    it.each(['../x', '/x', 'a/../../x', 'a//x', './x', 'x/', '', 'a\0b'])('refuses to write to %j', async (path) => {
      await using fixture = await openJob(executor());
      await expect(deliverAll(fixture.place, [fileOf(path, 'bad')])).rejects.toMatchObject({ code: 'path_refused' });
    });

    it('refuses to write through a link that leads out, also one from the same delivery', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      const link = fileOf('safe', '/', { kind: 'symlink' });
      const through = fileOf('safe/epilogue-must-not-appear', 'bad');
      await expect(deliverAll(place, [link, through])).rejects.toMatchObject({ code: 'path_refused' });
    });

    it('stops between two files when it is called off', async () => {
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await deliverAll(place, tree);
      const collecting = place.collect({ paths: ['**'], exclude: [], untracked: false }, AbortSignal.abort());
      await expect(collecting[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'AbortError' });
    });
  });

  describe('cleaning', () => {
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
      expect(await place.signal('none')).toBe(0);
      expect(await place.look('build')).toEqual({ kind: 'ended', code: 137 });
      await place.clean();
      const next = await executor().prepare(job, new AbortController().signal);
      expect(await collectPaths(next, { paths: ['**'] })).toEqual([]);
      expect((await readAll(next, 'build')).toString()).toBe('up');
      await next.clean();
    });
  });
});
