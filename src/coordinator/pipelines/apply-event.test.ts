import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findPipeline } from '../../store/index.ts';
import { checkRows } from '../testing/check-rows.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { startPipeline, statusesOf, statusOf } from '../testing/start-pipeline.ts';
import { applyEvent } from './apply-event.ts';
import { inPipeline } from './transaction/in-pipeline.ts';
import { cacheOf } from './transaction/pipeline-cache.ts';

let parts: OpenedParts;

beforeEach(async () => {
  parts = await openParts();
});
afterEach(async () => {
  await parts.close();
});

const FILE = `
stages: [one, two]
a: {stage: one, script: x}
later: {stage: one, script: x, when: delayed, start_in: 10 minutes}
b: {stage: two, script: x}
`;

it('writes the jobs that an event touched, the rows that follow from them, and one version more', async () => {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': FILE } });
  const id = await startPipeline(parts, project);
  expect(await statusesOf(parts, id)).toEqual({ a: 'pending', later: 'scheduled', b: 'created' });
  await checkRows(parts);
  parts.clock.pass(600_000);
  expect(await applyEvent(parts, id, { type: 'job', job: 1, event: { type: 'tick' } })).toEqual({ kind: 'applied' });
  expect(await statusesOf(parts, id)).toEqual({ a: 'pending', later: 'pending', b: 'created' });
  await checkRows(parts);
  expect(await applyEvent(parts, id, { type: 'cancel', by: 'ann', cause: 'canceled' })).toEqual({ kind: 'applied' });
  expect(await statusOf(parts, id)).toBe('canceled');
  await checkRows(parts);
  const record = await parts.store.read((db) => findPipeline(db, id));
  expect(record).toMatchObject({ version: 3, cancelRequest: { by: 'ann' }, finishedAt: parts.clock.now() });
});

it('writes nothing of an event that is refused, and knows what is not there', async () => {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': FILE } });
  const id = await startPipeline(parts, project);
  const play = { type: 'job', job: 0, event: { type: 'play' } } as const;
  expect(await applyEvent(parts, id, play)).toEqual({ kind: 'refused', reason: 'wrong_status' });
  expect(await applyEvent(parts, id + 1, play)).toEqual({ kind: 'unknown' });
  expect((await parts.store.read((db) => findPipeline(db, id)))?.version).toBe(1);
});

it('finds the state that an event left before that is on disk, and those that snapshots still see', async () => {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': FILE } });
  const id = await startPipeline(parts, project);
  const find = vi.spyOn(cacheOf(parts.store), 'find');
  await parts.store.read(async (db) => {
    const seen = (await findPipeline(db, id))?.version ?? 0;
    const events = [{ type: 'cancel', by: 'ann', cause: 'canceled' } as const, { type: 'retry', job: 0 } as const];
    expect(await Promise.all(events.map((event) => applyEvent(parts, id, event)))).toEqual([
      { kind: 'applied' },
      { kind: 'applied' },
    ]);
    expect(find.mock.results.map(({ value }) => value?.version)).toEqual([seen, seen + 1]);
    expect(cacheOf(parts.store).find(id, seen)).not.toBeNull();
  });
});

it('keeps nothing of what was rolled back', async () => {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': FILE } });
  const id = await startPipeline(parts, project);
  const failing = inPipeline(parts, id, async (open) => {
    open.send({ type: 'cancel', by: 'ann', cause: 'canceled' });
    throw new Error('not this time');
  });
  await expect(failing).rejects.toThrow('not this time');
  expect(cacheOf(parts.store).find(id, 2)).toBeNull();
  expect(await applyEvent(parts, id, { type: 'cancel', by: 'bob', cause: 'canceled' })).toEqual({ kind: 'applied' });
  await checkRows(parts);
});
