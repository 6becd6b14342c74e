import { afterEach, expect, it } from 'vitest';
import { readCommit } from '../../git/index.ts';
import { makeProject } from './make-project.ts';
import { type OpenedParts, openParts } from './open-parts.ts';

let parts: OpenedParts | null = null;

afterEach(async () => {
  await parts?.close();
  parts = null;
});

it('opens a store, repositories and a clock that stands still', async () => {
  parts = await openParts();
  const { id, sha } = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: "true"}\n' } });
  expect((await readCommit(parts.repositories.at(id), sha)).title).toBe('Start');
  const before = parts.clock.now();
  const slept = parts.clock.sleep(1_000);
  parts.clock.pass(1_000);
  await slept;
  expect(parts.clock.now()).toBe(before + 1_000);
});
