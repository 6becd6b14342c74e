import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyNoPostgres } from '../../../../test/support/engines.ts';
import {
  finishEffect,
  listExpectedPushes,
  listRefsSeen,
  noteRefs,
  putExpectedPush,
  takeEffect,
} from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { notePush } from '../push/note-push.ts';
import { findProjectForPush } from '../push/project-for-push.ts';
import { workOffRef } from '../push/work-off-ref.ts';
import { pipelinesOf } from '../testing/pipelines-of.ts';
import { compareRefs } from './compare-refs.ts';

const FILES = { '.gitlab-ci.yml': 'test: {script: make}\n' };
const MAIN = 'refs/heads/main';
const OPTIONS = { isSkipped: false, variables: [], inputs: {} };
const never = new AbortController().signal;

describe.skipIf(whyNoPostgres() !== null)('refs that move, with replicas', () => {
  let here: OpenedParts;
  let there: Parts;
  let project: TestProject;

  beforeEach(async () => {
    here = await openParts('PostgreSQL');
    there = await here.openReplica();
    project = await makeProject(here, { files: FILES });
    await note({ ref: MAIN, sha: project.sha });
  });
  afterEach(() => here.close());

  const note = (ref: { readonly ref: string; readonly sha: string | null }) =>
    here.store.write((tx) => noteRefs(tx, project.id, [ref]));

  /** What git is about to do to `main`, as the pusher's server writes it down. */
  const expectPush = (oldSha: string, newSha: string) =>
    here.store.write((tx) =>
      putExpectedPush(tx, { projectId: project.id, userId: 4, refs: [{ ref: MAIN, oldSha, newSha }], ...OPTIONS }),
    );

  async function takeNote(parts: Parts, oldSha: string, newSha: string, expectedId: number | null = null) {
    const found = await parts.store.read((db) => findProjectForPush(db, project.id));
    if (found === null) throw new Error('no project');
    const refs = [{ ref: MAIN, oldSha, newSha, accepted: true, reason: null }];
    return await notePush(parts, { project: found, userId: 4, refs, options: OPTIONS, expectedId, isHeld: false });
  }

  /** Shas and pushers of the pipelines, once everything was worked off. */
  async function pipelines() {
    for (;;) {
      const effect = await here.store.write((tx) => takeEffect(tx, 'mine', tx.now() + 1_000_000));
      if (effect === null) break;
      if (effect.kind === 'ref') await workOffRef(here, effect, 'mine');
      else await here.store.write((tx) => finishEffect(tx, effect.id, 'mine'));
    }
    return (await pipelinesOf(here, project.id)).map(({ sha, userId }) => [sha, userId]);
  }

  /** By one replica, long enough for it to act on what it finds. */
  async function compare(parts: Parts) {
    const sweep = compareRefs();
    await sweep.run(parts, never);
    here.clock.pass(30_000);
    await sweep.run(parts, never);
  }

  it('get one pipeline each when the later push is noted first', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    const slow: Parts = {
      ...there,
      store: {
        ...there.store,
        async write(change) {
          resolve();
          await held;
          return await there.store.write(change);
        },
      },
    };
    const one = commitFiles(here, project.id, { files: { a: '1' } });
    const first = takeNote(slow, project.sha, one);
    await looked;
    const two = commitFiles(here, project.id, { files: { a: '2' } });
    await takeNote(here, one, two);
    release();
    await first;
    expect((await here.store.read((db) => listRefsSeen(db, project.id))).get(MAIN)?.sha).toBe(two);
    await compare(here);
    expect((await pipelines()).sort()).toEqual(
      [
        [one, 4],
        [two, 4],
      ].sort(),
    );
  });

  it('get one pipeline, of the pusher, when another replica is faster than the one that was pushed to', async () => {
    const one = commitFiles(here, project.id, { files: { a: '1' } });
    const id = await expectPush(project.sha, one);
    await compare(there);
    const { taken, words } = await takeNote(here, project.sha, one, id);
    expect([taken.length, words.length]).toEqual([0, 1]);
    await compare(here);
    expect(await pipelines()).toEqual([[one, 4]]);
    expect(await here.store.read((db) => listExpectedPushes(db, project.id))).toEqual([]);
  });

  it('are left to the server that was pushed to for a while, also a ref that had been out of step at the same commit before', async () => {
    const sweep = compareRefs();
    const tag = { ref: 'refs/tags/v1', sha: commitFiles(here, project.id, { files: { a: '1' }, ref: 'refs/tags/v1' }) };
    await sweep.run(there, never);
    await note(tag);
    await sweep.run(there, never);
    here.clock.pass(3_600_000);
    await note({ ...tag, sha: null });
    await sweep.run(there, never);
    expect(await pipelines()).toEqual([]);
  });

  it('get none of a push that came to nothing and was repeated, when the next one is taken note of', async () => {
    const one = commitFiles(here, project.id, { files: { a: '1' } });
    await expectPush(project.sha, one);
    await takeNote(here, project.sha, one, await expectPush(project.sha, one));
    const two = commitFiles(here, project.id, { files: { a: '2' } });
    await takeNote(here, one, two, await expectPush(one, two));
    await compare(there);
    expect(await pipelines()).toEqual([
      [one, 4],
      [two, 4],
    ]);
  });

  it('may still come of a push that another replica has let through, for a day', async () => {
    await expectPush(project.sha, '1'.repeat(40));
    await compare(there);
    expect(await here.store.read((db) => listExpectedPushes(db, project.id))).toHaveLength(1);
    here.clock.pass(24 * 3_600_000);
    await compare(there);
    expect(await here.store.read((db) => listExpectedPushes(db, project.id))).toEqual([]);
    expect(await pipelines()).toEqual([]);
  });
});
