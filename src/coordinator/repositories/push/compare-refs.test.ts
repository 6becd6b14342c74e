import { expect, it, onTestFinished } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { finishEffect, nextEffectAt, takeEffect } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeGitClient } from '../../testing/git-client.ts';
import { makeProject } from '../../testing/make-project.ts';
import { openParts } from '../../testing/open-parts.ts';
import { openRepositoryServer } from '../testing/open-repository-server.ts';
import { pipelinesOf } from '../testing/pipelines-of.ts';
import { compareRefs } from './compare-refs.ts';
import { pushesUnderWay } from './pushes-under-way.ts';
import { workOffRef } from './work-off-ref.ts';

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

it('finds what a push moved whose note could not be written', async () => {
  const server = await openRepositoryServer();
  onTestFinished(() => server.close());
  const { id } = await server.makeProject({ files: FILES });
  const client = await makeGitClient(server.parts.dataDir);
  await client.git('pull', '--quiet', server.remote('maintainer'), 'main');
  await compareRefs().run(server.parts, never);
  await workOff(server.parts);
  const sha = await client.commit({ a: '1' });
  const { store } = server.parts;
  const write = store.write;
  // As if the server had died after git, and before its own note.
  store.write = () => Promise.reject(new Error('gone'));
  expect((await client.run('push', server.remote('maintainer'), 'main')).stderr).toContain('main -> main');
  store.write = write;
  expect(await pipelinesOf(server.parts, id)).toHaveLength(1);
  await compareRefs().run(server.parts, never);
  await workOff(server.parts);
  expect((await pipelinesOf(server.parts, id)).map((one) => one.sha)).toContain(sha);
});
