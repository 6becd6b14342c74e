import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '../../../../test/support/wait-until.ts';
import { listRefs } from '../../../git/index.ts';
import { ANY_JOB, findPipelineVariables, listJobs, listRefsSeen, type PipelineRecord } from '../../../store/index.ts';
import { type GitClient, makeGitClient } from '../../testing/git-client.ts';
import { openRepositoryServer, type RepositoryServer } from '../testing/open-repository-server.ts';
import { pipelinesOf } from '../testing/pipelines-of.ts';

let server: RepositoryServer;
let client: GitClient;
let id: number;

const FILE = 'test: {script: make}\n';

beforeEach(async () => {
  server = await openRepositoryServer();
  client = await makeGitClient(server.parts.dataDir);
  id = (await server.makeProject({ files: { '.gitlab-ci.yml': FILE } })).id;
  await client.git('remote', 'add', 'origin', server.remote('maintainer'));
  await client.git('pull', '--quiet', 'origin', 'main');
});
afterEach(async () => {
  expect(server.parts.complaints).toEqual([]);
  await server.close();
});

const pipelines = () => pipelinesOf(server.parts, id);
const push = (...args: string[]) => client.run('push', 'origin', ...args);
const shown = ({ ref, isTag, sha, beforeSha, status, source, userId }: PipelineRecord) => ({
  ...{ ref, isTag, sha, status, source, userId },
  before: beforeSha.replace(/^0+$/, ''),
});

it('makes a pipeline of each branch and tag that moved, and prints where they are', async () => {
  const before = await client.git('rev-parse', 'HEAD');
  const sha = await client.commit({ a: '1' });
  await client.git('tag', '--annotate', '--message=one', 'v1');
  const { stderr } = await push('main', 'main:feature/x', 'v1');
  const common = { sha, status: 'pending', source: 'push', userId: 4 };
  const made = await pipelines();
  expect(made.map(shown)).toEqual(
    expect.arrayContaining([
      { ...common, ref: 'main', isTag: false, before },
      { ...common, ref: 'feature/x', isTag: false, before: '' },
      { ...common, ref: 'v1', isTag: true, before: '' },
    ]),
  );
  for (const one of made) expect(stderr).toContain(`http://ci.example/group/shop/-/pipelines/${one.id}`);
  const { parts } = server;
  const jobs = await parts.store.read((db) =>
    listJobs(db, { ...ANY_JOB, pipelineId: made[0]?.id ?? 0 }, { limit: 9, offset: 0, after: null, order: 'asc' }),
  );
  expect(jobs.map(({ name }) => name)).toEqual(['test']);
});

it('makes none of a branch that goes, and none when nothing moved', async () => {
  await push('main:one');
  expect(await pipelines()).toHaveLength(1);
  expect((await push('--delete', 'one')).stderr).not.toContain('ipeline');
  expect((await push('main')).stderr).toContain('up-to-date');
  expect(await pipelines()).toHaveLength(1);
  const seen = await server.parts.store.read((db) => listRefsSeen(db, id));
  expect(seen.has('refs/heads/one')).toBe(false);
});

it('makes none when more refs of a kind come at once than a person would push', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const { stderr } = await push(...names.map((name) => `main:${name}`), 'main:refs/tags/t');
  expect(stderr).toContain('No pipelines for 5 new branches');
  expect((await pipelines()).map(({ ref }) => ref)).toEqual(['t']);
});

it('hands variables on, and skips where the push or the commit says so', async () => {
  await push('-o', 'ci.variable=A=1=2', '-o', 'ci.variable=B=', 'main:with');
  expect((await push('-o', 'ci.skip', 'main:by-option')).stderr).toContain('Pipeline for by-option: skipped');
  await client.commit({ a: '2' }, 'Work\n\nmore [skip ci]');
  await push('HEAD:by-message');
  const made = await pipelines();
  expect(Object.fromEntries(made.map(({ ref, status }) => [ref, status]))).toEqual({
    with: 'pending',
    'by-option': 'skipped',
    'by-message': 'skipped',
  });
  const given = await server.parts.store.read((db) =>
    findPipelineVariables(db, made.find(({ ref }) => ref === 'with')?.id ?? 0),
  );
  expect(given).toMatchObject([
    { key: 'A', value: '1=2' },
    { key: 'B', value: '' },
  ]);
  const { stderr } = await push('-o', 'ci.variable=9', '-o', 'ci.nothing', 'HEAD:odd');
  expect(stderr).toContain('ci.variable wants NAME=VALUE');
  expect(stderr).toContain('"ci.nothing" is not known');
});

it('says why there is no pipeline, and makes a failed one of an invalid file', async () => {
  await client.commit({ '.gitlab-ci.yml': 'a: {script: x, rules: [{when: never}]}\n' });
  expect((await push('main:idle')).stderr).toContain('No pipeline for idle: ');
  await client.commit({ '.gitlab-ci.yml': 'a: [\n' });
  const { stderr } = await push('main:broken');
  expect(stderr).toContain('Pipeline for broken: failed, its file cannot be run');
  expect(stderr).toContain('/-/pipelines/1');
  expect(stderr).toMatch(/remote: {3}\.gitlab-ci\.yml:\d+:\d+: \S/);
  expect((await pipelines()).map(({ ref, status }) => [ref, status])).toEqual([['broken', 'failed']]);
  await client.commit({ '.gitlab-ci.yml': Array.from({ length: 7 }, (_, at) => `j${at}: {scrpt: x}\n`).join('') });
  expect((await push('main:worse')).stderr).toMatch(/remote: {3}and \d+ more/);
});

it('tells where the list is when a pipeline takes long, and makes it all the same', async () => {
  const { store, clock } = server.parts;
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  // From the note of the push on, nothing else can be written.
  const stop = store.subscribe('outbox', () => {
    stop();
    void store.write(() => held);
  });
  let answer: string | null = null;
  const pushed = push('main:slow').then(({ stderr }) => {
    answer = stderr;
  });
  await waitUntil('an answer', () => {
    clock.pass(500);
    return answer !== null;
  });
  expect(answer).toMatch(/http:\/\/ci.example\/group\/shop\/-\/pipelines\s/);
  expect(await pipelines()).toEqual([]);
  release();
  await pushed;
  await waitUntil('the pipeline', async () => (await pipelines()).length === 1);
});

it('keeps to protected branches and tags, and says what is wrong with a name', async () => {
  await server.parts.store.write(async ({ query }) => {
    const rule = { project_id: id, merge_role: 40 };
    await query
      .insertInto('protected_refs')
      .values([
        { ...rule, kind: 'branch', pattern: 'main', push_role: 40 },
        { ...rule, kind: 'branch', pattern: 'release/*', push_role: 0 },
        { ...rule, kind: 'tag', pattern: 'v*', push_role: 40 },
      ])
      .execute();
  });
  await client.commit({ a: '1' });
  const as = (token: string, ...args: string[]) => client.run('push', server.remote(token), ...args);
  expect((await as('developer', 'main')).stderr).toContain('you may not push to this protected branch');
  expect((await as('maintainer', 'main:release/1')).stderr).toContain('you may not push to this protected branch');
  expect((await as('developer', 'main:refs/tags/v1')).stderr).toContain('you may not make this protected tag');
  expect((await as('developer', 'main:free', 'main:refs/tags/x')).code).toBe(0);
  expect((await as('maintainer', 'main', 'main:refs/tags/v1')).code).toBe(0);
  expect((await as('maintainer', '--force', 'main~:main')).stderr).toContain('non-fast-forward');
  expect((await as('maintainer', '--force', 'main~:refs/tags/v1')).stderr).toContain('cannot be moved');
  expect((await as('maintainer', '--delete', 'main')).stderr).toContain('the default branch cannot be deleted');
  expect((await as('maintainer', 'main:refs/pipelines/1')).stderr).toContain('only branches, tags and notes');
  expect((await as('maintainer', `main:refs/heads/${'a'.repeat(40)}`)).stderr).toContain('the name of a commit');
  const refs = await listRefs(server.parts.repositories.at(id));
  expect(refs.map(({ name }) => name).sort()).toEqual([
    'refs/heads/free',
    'refs/heads/main',
    'refs/tags/v1',
    'refs/tags/x',
  ]);
});

it('puts the inputs of a push into the file', async () => {
  const file =
    'spec: {inputs: {env: , count: {type: number}}}\n---\n"to $[[ inputs.env ]]": {script: x, parallel: "$[[ inputs.count ]]"}\n';
  await client.commit({ '.gitlab-ci.yml': file });
  await push('-o', 'ci.input=env=prod', '-o', 'ci.input=count=2', 'main');
  const [made] = await pipelines();
  const jobs = await server.parts.store.read((db) =>
    listJobs(db, { ...ANY_JOB, pipelineId: made?.id ?? 0 }, { limit: 10, offset: 0, after: null, order: 'asc' }),
  );
  expect(jobs.map(({ name }) => name)).toEqual(['to prod 1/2', 'to prod 2/2']);
});
