import { afterEach, beforeEach, expect, it } from 'vitest';
import { listExpectedPushes, type Store } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { findProjectForPush } from './project-for-push.ts';
import { pushPolicy } from './push-policy.ts';
import { pushesUnderWay } from './pushes-under-way.ts';

let parts: OpenedParts;
let project: TestProject;

beforeEach(async () => {
  parts = await openParts();
  project = await makeProject(parts, { files: { a: '1' } });
});
afterEach(() => parts.close());

async function begin(those: Parts) {
  const found = await parts.store.read((db) => findProjectForPush(db, project.id));
  if (found === null) throw new Error('no project');
  const policy = pushPolicy(those, found, { userId: 4, level: 40 });
  const command = { ref: 'refs/heads/b', oldSha: '0'.repeat(40), newSha: project.sha };
  return { policy, decide: () => policy.decide({ commands: [command], options: [] }) };
}

const expected = () => parts.store.read((db) => listExpectedPushes(db, project.id));

it('is under way until it ends, and expected meanwhile', async () => {
  const { policy, decide } = await begin(parts);
  const decided = decide();
  expect(pushesUnderWay(parts.store).has(project.id)).toBe(true);
  expect(await decided).toHaveLength(1);
  expect(await expected()).toHaveLength(1);
  policy.end();
  expect(pushesUnderWay(parts.store).has(project.id)).toBe(false);
});

it('leaves nothing when its client goes while the refs are read', async () => {
  const { policy, decide } = await begin(parts);
  const decided = decide();
  policy.end();
  await expect(decided).rejects.toMatchObject({ code: 'canceled' });
  expect(pushesUnderWay(parts.store).has(project.id)).toBe(false);
  expect(await expected()).toEqual([]);
});

it('leaves nothing when its client goes while it is written down', async () => {
  let leave = () => {};
  const store: Store = {
    ...parts.store,
    async write(work) {
      const written = await parts.store.write(work);
      leave();
      return written;
    },
  };
  const { policy, decide } = await begin({ ...parts, store });
  leave = policy.end;
  await expect(decide()).rejects.toMatchObject({ code: 'canceled' });
  expect(pushesUnderWay(store).has(project.id)).toBe(false);
  expect(await expected()).toEqual([]);
});
