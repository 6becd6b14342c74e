import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEach } from './testing/candidates.ts';
import {
  collectAll,
  collectPaths,
  deliverAll,
  fileOf,
  NEVER,
  openJob,
  waitForOutput,
} from './testing/executor-contract.ts';

/** A tree on the runner's machine. */
let tree = '';
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'epilogue-tree-'));
  mkdirSync(join(tree, 'src/deep'), { recursive: true });
  writeFileSync(join(tree, 'src/deep/main'), 'code', { mode: 0o755 });
  writeFileSync(join(tree, '.hidden'), 'h');
  symlinkSync('src/deep/main', join(tree, 'run'));
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

const IN_TREE = ['.hidden', 'run', 'src', 'src/deep', 'src/deep/main'];

describeOnEach('the place of the $name executor', ({ executor, script }) => {
  it('has a temporary directory outside of the project directory', async () => {
    await using fixture = await openJob(executor());
    const { projectDir, temporaryDir } = fixture.place;
    expect(temporaryDir).not.toBe(projectDir);
    expect(`${temporaryDir}/`.startsWith(`${projectDir}/`)).toBe(false);
  });

  it('takes over a directory of the runner’s machine, in the place of what was there, as often as asked', async () => {
    await using fixture = await openJob(executor());
    const { place } = fixture;
    await deliverAll(place, [fileOf('old/file', 'x'), fileOf('src', 'a file in the way')]);
    for (const round of ['first', 'second']) {
      await place.deliverTree(tree, NEVER);
      expect(await collectPaths(place, { paths: ['**'] }), round).toEqual(IN_TREE);
    }
    const [main] = await collectAll(place, { paths: ['src/deep/main'] });
    expect(main).toMatchObject({ content: 'code', mode: 0o755 });
  });

  it('gives up a tree when it is called off, and takes it at the next try', async () => {
    await using fixture = await openJob(executor());
    const { place } = fixture;
    await expect(place.deliverTree(tree, AbortSignal.abort())).rejects.toMatchObject({ code: 'canceled' });
    expect(await collectPaths(place, { paths: ['**'] })).toEqual([]);
    await place.deliverTree(tree, NEVER);
    expect(await collectPaths(place, { paths: ['**'] })).toEqual(IN_TREE);
  });

  it('says which tree it cannot read', async () => {
    await using fixture = await openJob(executor());
    const missing = join(tree, 'missing');
    await expect(fixture.place.deliverTree(missing, NEVER)).rejects.toMatchObject({
      name: 'Failure',
      message: expect.stringContaining(missing),
    });
  });

  it('waits until all processes are dead, however many jobs wait', async () => {
    const fixtures = await Promise.all([1, 2, 3].map(() => openJob(executor())));
    await using jobs = new AsyncDisposableStack();
    for (const fixture of fixtures) jobs.use(fixture);
    for (const { place } of fixtures) {
      await place.start({ id: 'build', script: script([{ do: 'print', text: 'up' }, { do: 'hang' }]) });
      await waitForOutput(place, 'build', 'up');
    }
    const waiting = fixtures.map(({ place }) => place.untilDead(8_000));
    for (const { place } of fixtures) await place.signal('TERM');
    expect(await Promise.all(waiting)).toEqual([[], [], []]);
  });

  it('stops waiting for the dead at the deadline and when it is called off, and names who is alive', async () => {
    await using fixture = await openJob(executor());
    const { place } = fixture;
    await place.start({
      id: 'build',
      script: script([{ do: 'ignore_term' }, { do: 'print', text: 'up' }, { do: 'hang' }]),
    });
    await waitForOutput(place, 'build', 'up');
    await place.signal('TERM');
    const isNamed = expect.objectContaining({ pid: expect.any(Number), name: expect.stringMatching(/./) });
    expect(await place.untilDead(30)).toContainEqual(isNamed);
    expect(await place.untilDead(60_000, AbortSignal.timeout(10))).toContainEqual(isNamed);
    await place.signal('KILL');
    expect(await place.untilDead(8_000)).toEqual([]);
  });
});
