import { isPlainName } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';

/** What a token begins with to say its kind: no part of what tells one runner from another. */
const KINDS = /^(?:glrtr-|glrt-|t\d_)+/;
const SHORT = 9;

/** The part of a runner's token that may be shown, as GitLab's runner shortens it: `CI_RUNNER_SHORT_TOKEN`, and a folder of builds. */
export function shortTokenOf(token: string): string {
  const short = token.replace(KINDS, '').slice(0, SHORT);
  return isPlainName(short) && !short.startsWith('.') ? short : 'runner';
}

/** The folders that a job's sources lie in, as the path of their address names them: `group/project`. */
export function projectPath({ git_info: git, job_info: info }: Pick<JobPayload, 'git_info' | 'job_info'>): string {
  const address = /^https?:/.test(git.repo_url) ? (URL.parse(git.repo_url)?.pathname ?? '') : info.project_full_path;
  const names = decoded(address)
    .replace(/\.git\/*$/, '')
    .split('/')
    .filter(isPlainName);
  return names.length > 0 ? names.join('/') : `project-${info.project_id}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** One in the other, or one where the other keeps its secrets. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [one.replace(/\.tmp$/, ''), other.replace(/\.tmp$/, '')];
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
