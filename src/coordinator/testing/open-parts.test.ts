import { afterEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../test/support/engines.ts';
import { readCommit } from '../../git/index.ts';
import { makeProject } from './make-project.ts';
import { type OpenedParts, openParts } from './open-parts.ts';

describeOnEachEngine((engine) => {
  let parts: OpenedParts | null = null;

  afterEach(async () => {
    await parts?.close();
    parts = null;
  });

  it('opens a store, repositories and a clock that stands still', async () => {
    parts = await openParts(engine);
    const { id, sha } = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: "true"}\n' } });
    expect((await readCommit(parts.repositories.at(id), sha)).title).toBe('Start');
    expect(await parts.store.read(async (db) => db.now())).toBe(parts.clock.now());
    const before = parts.clock.now();
    const slept = parts.clock.sleep(1_000);
    parts.clock.pass(1_000);
    await slept;
    expect(parts.clock.now()).toBe(before + 1_000);
  });
});
