import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgresServer } from '../../../src/store/testing/postgres-server.ts';
import { temporaryDirectory } from '../fixture.ts';
import { program } from '../processes.ts';
import { type ChildServer, startChild } from './child-server.ts';
import { type Call, Client, type Reply } from './client.ts';

export type Engine = 'SQLite' | 'PostgreSQL';

export interface Coordinator {
  readonly engine: Engine;
  readonly server: ChildServer;
  /** Of the administrator, for all of REST. */
  readonly token: string;
  /** The floor's database. */
  readonly floorDatabase: string;
  /** REST as the administrator; `path` after `/api/v4`. */
  rest(call: Call): Promise<Reply>;
  /** Token of a new runner: for jobs with these tags, or for those without any. */
  makeRunner(tags: readonly string[]): Promise<string>;
  /** Makes the project of this name, with one commit that has this CI file. */
  push(project: string, ciFile: string): void;
  close(): Promise<void>;
}

/** `epilogue serve` with a database of its own that syncs to disk. `withRunner`: it runs jobs, too. */
export async function startCoordinator(engine: Engine, { withRunner = false } = {}): Promise<Coordinator> {
  const dir = temporaryDirectory();
  const env = { PATH: process.env.PATH, HOME: join(dir, 'home'), TMPDIR: dir, GIT_CONFIG_GLOBAL: '/dev/null' };
  mkdirSync(env.HOME);
  const postgres = engine === 'PostgreSQL' ? await startPostgresServer({ isDurable: true }) : null;
  const where = ['--data-dir', join(dir, 'data')];
  if (postgres !== null) where.push('--database-url', postgres.urlOf('postgres'));
  const listen = ['--listen', '127.0.0.1:0', '--log-level', 'warn', ...(withRunner ? [] : ['--no-runner'])];
  const server = await startChild([program, 'serve', ...listen, ...where], env);
  const words = [program, 'admin', 'token', 'create', '--user', 'root', '--scopes', 'api', ...where];
  const token = execFileSync(process.execPath, words, { env, encoding: 'utf8' }).trim();
  const client = new Client(`${server.url}/api/v4`);
  const rest = (call: Call): Promise<Reply> =>
    client.call({ ...call, headers: { 'private-token': token, ...call.headers } });
  return {
    engine,
    server,
    token,
    floorDatabase: postgres?.urlOf('postgres') ?? join(dir, 'floor.db'),
    rest,
    async makeRunner(tags) {
      const wanted = { runner_type: 'instance_type', run_untagged: tags.length === 0, tag_list: tags };
      const { text } = await rest({ method: 'POST', path: '/user/runners', body: JSON.stringify(wanted) });
      return (JSON.parse(text) as { token: string }).token;
    },
    push: (project, ciFile) =>
      push(join(dir, project), env, {
        ciFile,
        url: `${server.url.replace('://', `://root:${token}@`)}/root/${project}.git`,
      }),
    async close() {
      client.close();
      await server.stop();
      await postgres?.stop();
    },
  };
}

function push(dir: string, env: NodeJS.ProcessEnv, { ciFile, url }: { ciFile: string; url: string }): void {
  const git = (...words: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', '-C', dir, ...words], {
      env,
      stdio: 'pipe',
    });
  };
  mkdirSync(dir);
  git('init', '-q', '-b', 'main');
  writeFileSync(join(dir, '.gitlab-ci.yml'), ciFile);
  git('add', '.');
  git('commit', '-q', '-m', 'Begin');
  git('push', '-q', '-o', 'ci.skip', url, 'main');
}
