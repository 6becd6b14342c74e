import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobHandle } from '../plain-server/plain-job.ts';
import { startPlainServer } from '../plain-server/plain-server.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { isFetch, isLastUpdate, isReport, isUpload } from '../support/requests.ts';
import type { CellJob, CellSubject, Ending, World } from './world.ts';

/** Sooner than GitLab, whose two minutes nobody waits for here; later than whatever holds an acceptance back. */
const ACCEPT_MS = 15_000;
const OVER: ReadonlySet<string> = new Set(['success', 'failed', 'canceled']);

/** A server that knows none of our additions. It cannot be killed alone, being part of the test; what it knows stays, as in a database. */
export async function startPlainWorld(): Promise<World> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-plain-')));
  const sha = makeRepository(root);
  const server = await startPlainServer({
    repositories: join(root, 'repositories'),
    intervalS: 1,
    acceptMs: ACCEPT_MS,
  });
  const proxy = await FaultProxy.start(server.url);
  return {
    proxy,
    newRunner: async () => server.token,
    start: async ({ steps, timeout, variables }: CellJob) => {
      const job = server.enqueue({
        script: [steps.before_script, steps.script],
        afterScript: [steps.after_script],
        timeout,
        variables: { GIT_STRATEGY: 'fetch', ...variables },
        artifactPaths: ['result.txt'],
      });
      const { git_info: info } = job.payload as { git_info: object };
      const url = `${proxy.url.replace('://', `://gitlab-ci-token:${job.token}@`)}/grp/demo.git`;
      Object.assign(info, { repo_url: url, sha, refspecs: ['+refs/heads/main:refs/remotes/origin/main'] });
      return subjectOf(job);
    },
    crash: () => server.goAway(),
    restart: () => server.comeBack(),
    async dispose() {
      await proxy.close();
      await server.close();
      rmSync(root, { recursive: true, force: true });
    },
    requests: {
      preparing: (passing) => isReport(passing) && passing.json?.state === 'running',
      get_sources: isFetch,
      'artifact upload': isUpload,
      'last update': isLastUpdate,
    },
    forceSkipsCleanup: false,
    wordOfCancel: /"job-status":"(canceling|canceled)"/,
  };
}

function subjectOf(job: JobHandle): CellSubject {
  return {
    cancel: async () => job.cancel(),
    force: async () => job.force(),
    knowsCleanup: async () => true,
    isOver: async () => OVER.has(job.status),
    ending: async (): Promise<Ending> => ({
      status: job.status,
      reason: job.result?.failure_reason ?? null,
      cleanup: null,
      hasArtifacts: job.artifacts.length > 0,
      log: withoutDates(job.log().toString()),
    }),
  };
}

/** As in `2026-11-28T08:35:54.576000Z 01O `, with `+` at its end where the line goes on with the one before. */
function withoutDates(log: string): string {
  return log
    .split(/(?<=\n)/)
    .reduce((before, line) => (line[31] === '+' ? before.slice(0, -1) : before) + line.slice(32), '');
}

/** @returns the commit that its branch main is at */
function makeRepository(root: string): string {
  const work = join(root, 'work');
  mkdirSync(work);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: root,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: work, env, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(work, 'README.md'), 'hello\n');
  git('add', '--all');
  git('commit', '--quiet', '--message=Begin');
  git('clone', '--quiet', '--bare', work, join(root, 'repositories', 'grp', 'demo.git'));
  return git('rev-parse', 'HEAD');
}
