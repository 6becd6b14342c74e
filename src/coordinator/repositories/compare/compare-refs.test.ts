import { expect, it, onTestFinished } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import {
  findPipelineVariables,
  finishEffect,
  insertProtectedRef,
  listExpectedPushes,
  nextEffectAt,
  putExpectedPush,
  takeEffect,
} from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeGitClient } from '../../testing/git-client.ts';
import { makeProject } from '../../testing/make-project.ts';
import { openParts } from '../../testing/open-parts.ts';
import { pushesUnderWay } from '../push/pushes-under-way.ts';
import { workOffRef } from '../push/work-off-ref.ts';
import { openRepositoryServer } from '../testing/open-repository-server.ts';
import { pipelinesOf } from '../testing/pipelines-of.ts';
import { compareRefs } from './compare-refs.ts';

const FILES = { '.gitlab-ci.yml': 'test: {script: make}\n' };

/** Works off what is due in the outbox for refs, and drops the rest; how many there were. */
async function workOff(parts: Parts): Promise<number> {
  for (let count = 0; ; count += 1) {
    const effect = await parts.store.write((tx) => takeEffect(tx, 'mine', tx.now() + 1_000_000));
    if (effect === null) return count;
    if (effect.kind === 'ref') await workOffRef(parts, effect, 'mine');
    else await parts.store.write((tx) => finishEffect(tx, effect.id, 'mine'));
  }
}

const never = new AbortController().signal;

describeOnEachEngine((engine) => {
  async function open() {
    const parts = await openParts(engine);
    onTestFinished(() => parts.close());
    const project = await makeProject(parts, { files: FILES });
    const sweep = compareRefs();
    const look = async () => {
      await sweep.run(parts, never);
      // With a shared database a ref has to be out of step for a while.
      parts.clock.pass(30_000);
      await sweep.run(parts, never);
      await workOff(parts);
      return (await pipelinesOf(parts, project.id)).map(({ ref, sha }) => [ref, sha]);
    };
    return { parts, project, look };
  }

  it('makes a pipeline of each ref that moved while nobody took note, once', async () => {
    const { parts, project, look } = await open();
    const first = ['main', project.sha];
    expect(await look()).toEqual([first]);
    expect(await look()).toEqual([first]);
    const tagged = commitFiles(parts, project.id, { files: FILES, ref: 'refs/tags/v1' });
    const sha = commitFiles(parts, project.id, { files: { a: '1' } });
    expect(await look()).toEqual([first, ['main', sha], ['v1', tagged]]);
    const [, moved] = await pipelinesOf(parts, project.id);
    expect(moved).toMatchObject({ beforeSha: project.sha, userId: null, source: 'push' });
    expect(await parts.store.read(nextEffectAt)).toBeNull();
    expect(parts.complaints).toEqual([]);
  });

  it('leaves a project alone while a push to it is under way here', async () => {
    const { parts, project, look } = await open();
    const end = pushesUnderWay(parts.store).enter(project.id);
    expect(await look()).toEqual([]);
    end();
    expect(await look()).toEqual([['main', project.sha]]);
  });

  it('does nothing about a row that somebody else has worked off meanwhile', async () => {
    const { parts, project } = await open();
    const sweep = compareRefs();
    await sweep.run(parts, never);
    parts.clock.pass(30_000);
    await sweep.run(parts, never);
    const effect = await parts.store.write((tx) => takeEffect(tx, 'mine', tx.now()));
    if (effect === null) throw new Error('the sweep left an effect');
    await parts.store.write((tx) => takeEffect(tx, 'other', tx.now() + 60_000));
    await workOffRef(parts, effect, 'mine');
    expect(await pipelinesOf(parts, project.id)).toEqual([]);
    await workOffRef(parts, effect, 'other');
    expect(await pipelinesOf(parts, project.id)).toHaveLength(1);
  });
});

/** A project that was compared once, and somebody who is about to push. */
async function openPush() {
  const server = await openRepositoryServer();
  onTestFinished(() => server.close());
  const { id } = await server.makeProject({ files: FILES });
  const client = await makeGitClient(server.parts.dataDir);
  await client.git('pull', '--quiet', server.remote('maintainer'), 'main');
  await compareRefs().run(server.parts, never);
  await workOff(server.parts);
  const { store } = server.parts;
  const { write } = store;
  const expected = () => store.read((db) => listExpectedPushes(db, id));
  return {
    ...{ server, client, id, expected },
    /** As if the server had died after git, and before its own note. */
    async pushAndDie(...args: string[]) {
      let writes = 0;
      store.write = (change) => (++writes === 1 ? write(change) : Promise.reject(new Error('gone')));
      expect((await client.run('push', server.remote('maintainer'), ...args)).stderr).toContain('main -> ');
      store.write = write;
    },
    async look() {
      await compareRefs().run(server.parts, never);
      await workOff(server.parts);
      return (await pipelinesOf(server.parts, id)).slice(1);
    },
  };
}

it('makes the pipelines of a push whose server died before it took note of it, as the pusher wished them', async () => {
  const { client, server, pushAndDie, look, expected } = await openPush();
  const sha = await client.commit({ a: '1' });
  await pushAndDie('-o', 'ci.variable=A=1', 'main', 'main:other');
  expect(await look()).toMatchObject([
    { ref: 'main', sha, userId: 4, status: 'pending' },
    { ref: 'other', sha, userId: 4, status: 'pending' },
  ]);
  const [first] = await look();
  const given = await server.parts.store.read((db) => findPipelineVariables(db, first?.id ?? 0));
  expect(given).toMatchObject([{ key: 'A', value: '1' }]);
  await pushAndDie('-o', 'ci.skip', 'main:third');
  expect((await look()).at(-1)).toMatchObject({ ref: 'third', userId: 4, status: 'skipped' });
  expect(await look()).toHaveLength(3);
  expect(await expected()).toEqual([]);
});

it('forgets a push that git refused, and one that never reached it', async () => {
  const { client, server, id, look, expected } = await openPush();
  await client.commit({ a: '1' });
  await server.parts.store.write((tx) =>
    insertProtectedRef(tx, id, { kind: 'branch', pattern: 'main', pushRole: 40, mergeRole: 40 }),
  );
  await client.git('push', '--quiet', server.remote('maintainer'), 'HEAD:main');
  await client.git('reset', '--hard', '--quiet', 'HEAD~');
  await client.commit({ a: '2' });
  expect((await client.run('push', '--force', server.remote('maintainer'), 'HEAD:main')).stderr).toContain('rejected');
  expect(await expected()).toEqual([]);
  const [oldSha, newSha] = ['1'.repeat(40), '2'.repeat(40)];
  const options = { isSkipped: false, variables: [], inputs: {} };
  const push = { projectId: id, userId: 4, refs: [{ ref: 'refs/heads/main', oldSha, newSha }], ...options };
  await server.parts.store.write((tx) => putExpectedPush(tx, push));
  expect(await look()).toHaveLength(1);
  expect(await expected()).toEqual([]);
});

it('makes a pipeline of each of several pushes that nobody took note of, in their order, also where a branch was led back', async () => {
  const { client, pushAndDie, look, expected } = await openPush();
  const one = await client.commit({ a: '1' });
  await pushAndDie('-o', 'ci.variable=A=1', 'main', 'main:other');
  const two = await client.commit({ a: '2' });
  await pushAndDie('main');
  const three = await client.commit({ a: '3' });
  await pushAndDie('-o', 'ci.skip', 'main');
  const made = [
    { ref: 'main', sha: one, status: 'pending' },
    { ref: 'other', sha: one, status: 'pending' },
    { ref: 'main', sha: two, beforeSha: one, status: 'pending' },
    { ref: 'main', sha: three, beforeSha: two, status: 'skipped' },
  ];
  expect(await look()).toMatchObject(made);
  await client.commit({ a: '4' });
  await pushAndDie('main');
  await client.git('reset', '--hard', '--quiet', three);
  await pushAndDie('--force', 'main');
  expect((await look()).slice(made.length)).toMatchObject([{ ref: 'main' }, { ref: 'main', sha: three }]);
  expect(await look()).toHaveLength(made.length + 2);
  expect(await expected()).toEqual([]);
});

it('makes the pipeline of a push whose server died together with that of the next one, whose server did not', async () => {
  const { client, server, pushAndDie, look, expected } = await openPush();
  const one = await client.commit({ a: '1' });
  await pushAndDie('main');
  const two = await client.commit({ a: '2' });
  expect((await client.run('push', server.remote('maintainer'), 'main')).stderr).toContain('Pipeline for main');
  expect((await look()).map(({ sha }) => sha).sort()).toEqual([one, two].sort());
  expect(await expected()).toEqual([]);
});
