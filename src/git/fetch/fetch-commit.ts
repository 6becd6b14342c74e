import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../base/index.ts';
import { runGit } from '../process/run-git.ts';
import type { GitStart } from '../process/start-git.ts';

export interface FetchCommit {
  /** Absent, empty, or left by an earlier try; becomes a checkout. */
  readonly directory: string;
  /** http(s), ssh or a path; with or without `user:password@`. */
  readonly url: string;
  readonly refspecs: readonly string[];
  /** 0: the whole history. */
  readonly depth: number;
  readonly sha: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly submodules: 'none' | 'normal' | 'recursive';
  /** git's whole environment, but for what is set here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Nobody answers questions; hooks and file system monitors of this machine's user are not the job's. A checkout that is gone with its job needs no
 * maintenance: a process that every fetch would start.
 */
const OPTIONS = [
  ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never'],
  ...['-c', 'maintenance.auto=false', '-c', 'gc.auto=0'],
];

/**
 * Fetches one commit and checks it out, detached. User name and password of the address reach git through its environment: they are on no command
 * line, in no message, and not left in the checkout.
 * @throws Failure as `runGit`
 */
export async function fetchCommit(request: FetchCommit): Promise<void> {
  const { directory, refspecs, depth, sha, objectFormat, submodules, timeoutMs, signal } = request;
  const { address, variables } = splitCredentials(request.url);
  const start: GitStart = {
    file: 'git',
    args: OPTIONS,
    env: { ...request.environment, ...variables, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
  };
  const git = async (...args: readonly string[]): Promise<void> => {
    await runGit({ cwd: directory, args, start, signal, timeoutMs, writes: true });
  };
  writeRemote(directory, address);
  await git('init', '--quiet', '--template=', `--object-format=${objectFormat}`);
  const shallow = depth > 0 ? [`--depth=${depth}`] : [];
  await git('fetch', '--quiet', '--no-tags', '--force', ...shallow, 'origin', ...refspecs);
  await git('checkout', '--quiet', '--force', '--detach', sha);
  if (submodules === 'none') return;
  const how = submodules === 'recursive' ? ['--recursive'] : [];
  await git('submodule', '--quiet', 'update', '--init', '--force', ...how, ...shallow);
}

/** What `git remote add` would do, without the start of a process: `git init` leaves what stands there and adds its own. */
function writeRemote(directory: string, address: string): void {
  makeDirectory(join(directory, '.git'), 0o700);
  const url = address.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
  const lines = ['[remote "origin"]', `\turl = "${url}"`, '\tfetch = +refs/heads/*:refs/remotes/origin/*', ''];
  writeFileSync(join(directory, '.git', 'config'), lines.join('\n'));
}

/** Configuration by variable holds for the address that it names alone: a submodule elsewhere is not sent the password. */
function splitCredentials(url: string): {
  readonly address: string;
  readonly variables: Readonly<Record<string, string>>;
} {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.password === '' || !/^https?:$/.test(parsed.protocol)) {
    return { address: url, variables: {} };
  }
  const { origin, username, password } = parsed;
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  parsed.username = '';
  parsed.password = '';
  return {
    address: parsed.href,
    variables: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    },
  };
}
