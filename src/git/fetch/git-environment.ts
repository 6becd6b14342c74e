import type { GitStart } from '../process/start-git.ts';
import type { CommitRequest } from './commit-request.ts';

/**
 * Nobody answers questions; hooks and file system monitors of this machine's user are not the job's. The directory is looked after when it is
 * time, not by a process that every fetch would start.
 */
const OPTIONS = [
  ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never'],
  ...['-c', 'maintenance.auto=false', '-c', 'gc.auto=0', '-c', 'core.untrackedCache=false'],
  ...['-c', 'submodule.recurse=false', '-c', 'advice.detachedHead=false'],
];

export interface Access {
  /** Without user and password. */
  readonly address: string;
  readonly start: GitStart;
}

/**
 * How git reaches the server: user name and password of the address go by its environment. They are on no command line, in no message, and not left
 * in the checkout. Configuration by variable holds for the server that it names alone: a submodule elsewhere is not sent the password, one on the same is.
 */
export function accessOf(request: CommitRequest): Access {
  const { address, origin, authorization } = splitCredentials(request.url);
  const { caFile, certFile, keyFile } = request.tls;
  const settings: (readonly [string, string | null])[] = [];
  if (origin !== null) {
    settings.push(
      [`http.${origin}/.extraHeader`, authorization === null ? null : `Authorization: ${authorization}`],
      [`http.${origin}/.sslCAInfo`, caFile],
      [`http.${origin}/.sslCert`, certFile],
      [`http.${origin}/.sslKey`, keyFile],
    );
    if (request.submodules?.overHttps) {
      const { hostname } = new URL(origin);
      for (const ssh of [`git@${hostname}:`, `ssh://git@${hostname}/`])
        settings.push([`url.${origin}/.insteadOf`, ssh]);
    }
  }
  return {
    address,
    start: { file: 'git', args: OPTIONS, env: { ...request.environment, ...SET, ...asVariables(settings) } },
  };
}

const SET = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_TEMPLATE_DIR: '',
  // What a script put in the place of a commit is not what was asked for.
  GIT_NO_REPLACE_OBJECTS: '1',
  // All at once, when the files are there.
  GIT_LFS_SKIP_SMUDGE: '1',
};

function asVariables(settings: readonly (readonly [string, string | null])[]): Readonly<Record<string, string>> {
  const given = settings.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
  if (given.length === 0) return {};
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(given.length)],
    ...given.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);
}

interface SplitAddress {
  readonly address: string;
  /** Of a server that is spoken to by http. */
  readonly origin: string | null;
  readonly authorization: string | null;
}

function splitCredentials(url: string): SplitAddress {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return { address: url, origin: null, authorization: null };
  const { origin, username, password } = parsed;
  if (password === '') return { address: url, origin, authorization: null };
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  parsed.username = '';
  parsed.password = '';
  return { address: parsed.href, origin, authorization: `Basic ${basic}` };
}
