import { describe, expect, it } from 'vitest';
import { describeFilesOnEach } from './remote/files/testing/files-elsewhere.ts';
import { collectAll, collectPaths, deliverAll, fileOf, openJob, waitForEnd } from './testing/executor-contract.ts';

describeFilesOnEach(({ executor, script }) => {
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

    it('selects by paths and excludes', async () => {
      const cases = [
        {
          paths: ['build'],
          found: [
            'build',
            'build/.hidden',
            'build/a.o',
            'build/deep',
            'build/deep/b.o',
            'build/deep/run',
            'build/link',
          ],
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
      ];
      await using fixture = await openJob(executor());
      const { place } = fixture;
      await deliverAll(place, tree);
      for (const { paths, exclude = [], found } of cases)
        expect(await collectPaths(place, { paths, exclude }), `${paths} without ${exclude}`).toEqual(found);
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

    it('refuses to write out of the project directory, and to what is no path', async () => {
      await using fixture = await openJob(executor());
      for (const path of ['../x', '/x', 'a/../../x', 'a//x', './x', 'x/', '', 'a\0b'])
        await expect(deliverAll(fixture.place, [fileOf(path, 'bad')]), path).rejects.toMatchObject({
          code: 'path_refused',
        });
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
});
