import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { Serving } from '../serve/support/serving.ts';
import { PROJECT_FILES } from './project-files.ts';
import {
  type Client,
  openGitbeaker,
  useJobs,
  usePipelines,
  useProject,
  useRunners,
  useSettings,
} from './use-gitbeaker.ts';
import { useRepository } from './use-gitbeaker-files.ts';
import { useMembers, useProtection, useTokens } from './use-gitbeaker-people.ts';

/** Clients that others wrote, used as they are. `bin/test` installs those that npm does not bring, and says where; without, their tests are skipped. */
const PYTHON = process.env.EPILOGUE_TEST_PYTHON_CLIENTS;
const RUBY = process.env.EPILOGUE_TEST_RUBY;
const GO = process.env.EPILOGUE_TEST_GO_CLIENT;
const here = import.meta.dirname;
const execute = promisify(execFile);

let serving: Serving;

beforeAll(async () => {
  serving = await Serving.start('SQLite');
});

afterAll(async () => {
  await serving.dispose();
});

/** What a program printed that goes through everything by itself, with the project that `PROJECT` names. */
async function run(path: string, program: string, words: readonly string[]): Promise<string> {
  push(path);
  return await runOn(path, program, words);
}

function push(path: string): ServedProject {
  const { '.gitlab-ci.yml': ci, ...files } = PROJECT_FILES;
  const project = new ServedProject(serving, path);
  project.push(ci, { files });
  return project;
}

async function runOn(path: string, program: string, words: readonly string[]): Promise<string> {
  const env = { ...serving.environment(), CI_SERVER_URL: serving.base, TOKEN: serving.token, PROJECT: path };
  const { stdout } = await execute(program, words, { env, timeout: 50_000 });
  return stdout;
}

it.skipIf(PYTHON === undefined)('serves python-gitlab', async () => {
  expect(await run('root/python', join(PYTHON ?? '', 'python'), [join(here, 'python-gitlab.py')])).toBe('all done\n');
});

it.skipIf(PYTHON === undefined)('serves the command of python-gitlab', async () => {
  push('root/command');
  const gitlab = async (...words: string[]) => {
    const all = ['--server-url', serving.base, '--private-token', serving.token, '--output', 'json', ...words];
    const said = await runOn('root/command', join(PYTHON ?? '', 'python'), ['-m', 'gitlab', ...all]);
    return said.startsWith('[') || said.startsWith('{') ? JSON.parse(said) : said;
  };
  const here = ['--project-id', 'root/command'];
  expect(await gitlab('project', 'get', '--id', 'root/command')).toMatchObject({ path: 'command' });
  const { id } = await gitlab('project-pipeline', 'create', ...here, '--ref', 'main');
  await gitlab('project-pipeline', 'cancel', ...here, '--id', String(id));
  expect(await gitlab('project-pipeline', 'list', ...here)).toMatchObject([{ id }, {}]);
  expect(await gitlab('project-job', 'list', ...here, '--scope', 'manual,success,canceled')).not.toEqual([]);
});

it.skipIf(RUBY === undefined)('serves ruby-gitlab, in a group of a group', async () => {
  expect(await run('clients/ruby', RUBY ?? '', [join(here, 'ruby-gitlab.rb')])).toBe('all done\n');
});

it.skipIf(GO === undefined)("serves GitLab's client for Go", async () => {
  expect(await run('clients/more/go', GO ?? '', [])).toBe('all done\n');
});

describe('with @gitbeaker/rest', () => {
  let gitlab: Client;
  const path = 'root/gitbeaker';
  beforeAll(() => {
    push(path);
    gitlab = openGitbeaker(serving.base, serving.token);
  });

  it('serves projects, their files, people and its version', () => useProject(gitlab, path));
  it('serves lint, variables and triggers', () => useSettings(gitlab, path));
  it('serves pipelines', () => usePipelines(gitlab, path));
  it('serves jobs, their logs and artifacts', () => useJobs(gitlab, path));
  it('serves runners', async () => {
    const at = `/api/v4/projects/${encodeURIComponent(path)}/runners/reset_registration_token`;
    await useRunners(gitlab, path, (await serving.ask('POST', at)).json.token);
  });
  it('serves users, members and namespaces', () => useMembers(gitlab, path));
  it('serves tokens', () => useTokens(gitlab, path));
  it('serves protected branches and tags', () => useProtection(gitlab, path));

  it('serves what a repository has', async () => {
    const project = push('root/files');
    const ci = PROJECT_FILES['.gitlab-ci.yml'];
    project.git('tag', 'v1');
    project.pushRef('v1', '-o', 'ci.skip');
    project.push(ci, { branch: 'more/work', files: { 'b/c.txt': 'c\n' }, flags: ['-o', 'ci.skip'] });
    await useRepository(gitlab, project.path);
  });
});

it('serves the command of @gitbeaker/cli', async () => {
  const path = 'root/beaker-command';
  push(path);
  const program = join(here, '../../node_modules/@gitbeaker/cli/dist/index.mjs');
  const gitbeaker = async (...words: string[]) => {
    const access = ['--gb-host', serving.base, '--gb-token', serving.token];
    return JSON.parse(await runOn(path, process.execPath, [program, ...words, ...access]));
  };
  expect(await gitbeaker('projects', 'show', path)).toMatchObject({ path: 'beaker-command' });
  const { id } = await gitbeaker('pipelines', 'create', path, 'main');
  expect(await gitbeaker('pipelines', 'show', path, String(id))).toMatchObject({ id, ref: 'main' });
  expect(await gitbeaker('pipelines', 'cancel', path, String(id))).toMatchObject({ id });
  expect(await gitbeaker('jobs', 'all', path, '--pipeline-id', String(id))).toHaveLength(2);
});
