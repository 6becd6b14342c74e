import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { PROGRAM } from '../../support/checkout.ts';
import { type PostgresServer, startPostgresServer } from '../../support/engines.ts';
import { type Callers, callAny } from './call.ts';
import { Replica } from './replica.ts';

const CI_FILE = `
workflow: {auto_cancel: {on_new_commit: none}}
stages: [one, two]
first: {stage: one, script: make, after_script: clean}
shared: {stage: one, script: make, resource_group: one}
next: {stage: two, needs: [first], script: make}
child: {stage: two, needs: [], trigger: {include: child.yml, strategy: depend}}
`;
const CHILD_FILE = 'inner: {script: make}\n';

export interface TwoReplicas extends Callers {
  readonly replicas: readonly [Replica, Replica];
  readonly postgres: PostgresServer;
  /** Of the administrator. */
  readonly token: string;
  /** Of a runner for everything. */
  readonly runnerToken: string;
  /** From the root of an address. */
  readonly projectApi: string;
  /** A clone of the project, and what git needs for it. */
  readonly clone: { readonly dir: string; readonly env: Readonly<Record<string, string>> };
  sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** Two replicas on a PostgreSQL of their own and one data directory, with a project whose pipelines have needs, a resource group and a child. */
export async function startTwoReplicas(): Promise<TwoReplicas> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-replicas-')));
  chmodSync(root, 0o700);
  const postgres = await startPostgresServer();
  const databaseUrl = postgres.urlOf('postgres');
  const env = { PATH: process.env.PATH ?? '', HOME: root, TMPDIR: root, GIT_CONFIG_GLOBAL: '/dev/null' };
  const dataDir = join(root, 'data');
  const replicas = [0, 1].map(() => new Replica({ databaseUrl, dataDir, env })) as [Replica, Replica];
  const close = async (): Promise<void> => {
    for (const replica of replicas) await replica.end('SIGKILL').catch(() => {});
    await postgres.stop();
    rmSync(root, { recursive: true, force: true });
  };
  try {
    for (const replica of replicas) await replica.start();
    const words = ['admin', 'token', 'create', '--user', 'root', '--scopes', 'api', '--data-dir', dataDir];
    const options = { env, encoding: 'utf8' } as const;
    const token = execFileSync(PROGRAM, [...words, '--database-url', databaseUrl], options).trim();
    const callers = { urls: () => replicas.map(({ url }) => url) };
    pushProject(root, env, `${replicas[0].url.replace('://', `://root:${token}@`)}/root/shop.git`);
    return {
      ...callers,
      replicas,
      postgres,
      token,
      runnerToken: await makeRunner(callers, token),
      projectApi: '/api/v4/projects/root%2Fshop',
      clone: { dir: join(root, 'work'), env },
      sql: (text) => runSql(databaseUrl, text),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function pushProject(root: string, env: Readonly<Record<string, string>>, url: string): void {
  const dir = join(root, 'work');
  const git = (...words: string[]): void => {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
    execFileSync('git', [...who, ...words], { env, cwd: root, stdio: 'pipe' });
  };
  git('init', '--quiet', '--initial-branch=main', dir);
  writeFileSync(join(dir, '.gitlab-ci.yml'), CI_FILE);
  writeFileSync(join(dir, 'child.yml'), CHILD_FILE);
  git('-C', dir, 'add', '--all');
  git('-C', dir, 'commit', '--quiet', '--message=First');
  git('-C', dir, 'push', '--quiet', '--push-option=ci.skip', url, 'main');
}

async function makeRunner(callers: Callers, token: string): Promise<string> {
  const answer = await callAny(callers, {
    method: 'POST',
    path: '/api/v4/user/runners',
    headers: { 'private-token': token },
    body: JSON.stringify({ runner_type: 'instance_type', run_untagged: true }),
  });
  if (answer.status !== 201) throw new Error(`no runner: ${answer.status} ${answer.text}`);
  return (JSON.parse(answer.text) as { token: string }).token;
}

async function runSql(url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
