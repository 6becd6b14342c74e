import { mkdirSync } from 'node:fs';
import type { CommitRequest } from '../index.ts';

/** A request for a commit into `<dir>/copy`, changed as wished; `said` takes what it says. */
export function commitRequest(dir: string, changes: Partial<CommitRequest>, said: string[] = []): CommitRequest {
  const directory = `${dir}/copy`;
  mkdirSync(directory, { recursive: true });
  return {
    directory,
    recordFile: `${dir}/record.json`,
    isFresh: false,
    url: '',
    refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
    depth: 0,
    sha: '',
    ref: 'main',
    objectFormat: 'sha1',
    fetchFlags: ['--prune', '--quiet'],
    checkout: true,
    cleanFlags: ['-ffdx'],
    submodules: null,
    largeFiles: true,
    tls: { caFile: null, certFile: null, keyFile: null },
    environment: { PATH: process.env.PATH ?? '', HOME: dir, GIT_CONFIG_NOSYSTEM: '1' },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    say: (kind, text) => void said.push(`${kind}: ${text}`),
    ...changes,
  };
}
