import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteProject } from '../../../store/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { orphansSweep } from './orphans-sweep.ts';
import { repositoriesSweep } from './repositories-sweep.ts';

const DAY_MS = 24 * 3_600_000;
const never = new AbortController().signal;

let parts: OpenedParts;
let project: TestProject;

beforeEach(async () => {
  parts = await openParts();
  project = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: make}\n' } });
});
afterEach(() => parts.close());

describe('repositories', () => {
  it('are packed by git, and freed of what a crash left', async () => {
    const { gitDir } = parts.repositories.at(project.id);
    const lock = join(gitDir, 'config.lock');
    writeFileSync(lock, '');
    const longAgo = parts.clock.now() / 1000 - 86_400;
    utimesSync(lock, longAgo, longAgo);
    await repositoriesSweep().run(parts, never);
    expect(existsSync(lock)).toBe(false);
    expect(parts.complaints).toEqual([]);
  });

  it('are gone through one after the other, and one that is broken keeps no other from its turn', async () => {
    const other = await makeProject(parts, { path: 'other', files: { a: '1' } });
    execFileSync('rm', ['-rf', join(parts.repositories.at(project.id).gitDir, 'HEAD')]);
    const lock = join(parts.repositories.at(other.id).gitDir, 'packed-refs.lock');
    writeFileSync(lock, '');
    const longAgo = parts.clock.now() / 1000 - 86_400;
    utimesSync(lock, longAgo, longAgo);
    await repositoriesSweep().run(parts, never);
    expect(parts.complaints).toEqual([expect.stringContaining('upkeep of a repository failed')]);
    expect(existsSync(lock)).toBe(false);
  });

  it('of projects that were deleted go after a day, and those of unknown ones are named', async () => {
    const gone = await makeProject(parts, { path: 'gone', files: { a: '1' } });
    await parts.store.write((tx) => deleteProject(tx, gone.id));
    const unknown = parts.repositories.at(4711).gitDir;
    mkdirSync(unknown, { recursive: true });
    await orphansSweep.run(parts, never);
    expect([project.id, gone.id, 4711].map((id) => parts.repositories.has(id))).toEqual([true, true, true]);
    parts.clock.pass(DAY_MS + 1);
    await orphansSweep.run(parts, never);
    expect([project.id, gone.id, 4711].map((id) => parts.repositories.has(id))).toEqual([true, false, true]);
    const named = expect.stringMatching(/of a project that nobody knows .*4711/);
    expect(parts.complaints).toEqual([named, named]);
  });

  it('of deleted projects go, also behind one that cannot be removed', async () => {
    const paths = ['first', 'second'];
    const [first, second] = await Promise.all(paths.map((path) => makeProject(parts, { path, files: { a: '1' } })));
    if (first === undefined || second === undefined) throw new Error('no projects');
    for (const { id } of [first, second]) await parts.store.write((tx) => deleteProject(tx, id));
    parts.clock.pass(DAY_MS + 1);
    const { repositories } = parts;
    const remove = async (id: number) => {
      if (id === first.id) throw new Error('it is busy');
      await repositories.remove(id);
    };
    const ids = async () => [first.id, second.id];
    await orphansSweep.run({ ...parts, repositories: { ...repositories, remove, ids } }, never);
    expect([first.id, second.id].map((id) => repositories.has(id))).toEqual([true, false]);
    expect(parts.complaints).toEqual([expect.stringMatching(/repository of a deleted project stays .*it is busy/)]);
  });
});
