import { DEFAULT_DOCKER_SETTINGS, nameEngine } from '../../executors/index.ts';
import { readDocker } from './docker/read-docker.ts';
import { entryKey } from './entry-key.ts';
import { expandVariables } from './expand-variables.ts';
import { findCertificates } from './find-certificates.ts';
import { type Places, positive, readSettings } from './read-settings.ts';
import { DEFAULT_RUNNER_ENTRY as DEFAULTS, type RunnerEntry } from './runner-config.ts';
import type { TableReader } from './table-reader.ts';

/** Who and where a `[[runners]]` is, whatever its executor: for whoever only has to find it, or to speak to its server. */
export interface EntryOutline {
  /** Which `[[runners]]` of the file it is, from 0. */
  readonly at: number;
  readonly key: string;
  readonly name: string;
  /** Without a slash at its end; empty: there is none that can be used. */
  readonly url: string;
  readonly id: number | null;
  /** Empty: none. */
  readonly token: string;
  readonly executor: string;
  readonly tls: RunnerEntry['settings']['tls'];
}

export interface EntryReading {
  readonly outline: EntryOutline;
  /** Null: takes no jobs. It has been said why. */
  readonly entry: RunnerEntry | null;
}

export interface EntryContext extends Places {
  /** What `$NAME` in an address or a token means. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Tables of GitLab's other executors. */
const OTHER_EXECUTORS = [
  ...['kubernetes', 'machine', 'custom', 'ssh', 'parallels', 'virtualbox', 'instance', 'autoscaler'],
];
const EXECUTORS_TO_COME: ReadonlySet<string> = new Set(['kubernetes']);
const MOST_LABELS = 32;

export function readEntry(table: TableReader, at: number, context: EntryContext): EntryReading {
  const name = table.word('name') ?? `runner ${at + 1}`;
  const url = readUrl(table, context.env);
  const token = readToken(table, context.env);
  const id = table.count('id') || null;
  const executor = table.word('executor') ?? '';
  const settings = { ...readSettings(table, context), ...readExecutor(table, executor, context) };
  const tls = findCertificates(settings.tls, url, context.configDir);
  const key = entryKey({ url, id, token });
  const outline = { at, key, name, url, id, token, executor, tls };
  const cleanup = readCleanup(table.table('cleanup'));
  const entry: RunnerEntry = {
    ...{ key, name, id, token },
    url: () => url,
    tokenObtainedAt: table.instant('token_obtained_at'),
    tokenExpiresAt: table.instant('token_expires_at'),
    limit: table.count('limit') ?? DEFAULTS.limit,
    requestConcurrency: positive(table.count('request_concurrency'), DEFAULTS.requestConcurrency),
    strictCheckInterval: table.flag('strict_check_interval') ?? DEFAULTS.strictCheckInterval,
    unhealthyRequestsLimit: positive(table.count('unhealthy_requests_limit'), DEFAULTS.unhealthyRequestsLimit),
    unhealthyIntervalMs: positive(table.durationMs('unhealthy_interval'), DEFAULTS.unhealthyIntervalMs),
    labels: readLabels(table.table('labels')),
    quarantineAfter: cleanup.quarantineAfter,
    settings: { ...settings, tls, extensionLimitMs: cleanup.extensionLimitMs },
  };
  for (const each of OTHER_EXECUTORS) table.ignore(each, 'is for another executor, and has no effect');
  table.close();
  return { outline, entry: canRun(table, outline) ? entry : null };
}

function canRun(table: TableReader, { executor, token, url }: EntryOutline): boolean {
  if (executor === '') table.refuse('executor', 'is missing: write executor = "shell" or "docker"');
  else if (!isOurs(executor)) {
    const when = EXECUTORS_TO_COME.has(executor) ? 'is to come' : 'is none of ours';
    const what = 'What runs jobs here is "shell" or "docker"';
    table.warn('executor', `is "${executor}", which ${when}: this entry takes no jobs. ${what}`);
  }
  if (token === '') table.warn('token', 'is empty: this entry takes no jobs. `epilogue runner register` writes one');
  return isOurs(executor) && token !== '' && url !== '';
}

function isOurs(executor: string): executor is RunnerEntry['settings']['executor'] {
  return executor === 'shell' || executor === 'docker';
}

/** `[runners.docker]` is read with that executor alone, as GitLab's runner leaves it in files that had it before. */
function readExecutor(
  table: TableReader,
  executor: string,
  { configDir, env }: EntryContext,
): Pick<RunnerEntry['settings'], 'executor' | 'docker'> {
  if (executor !== 'docker') {
    table.ignore('docker', 'is for another executor, and has no effect');
    return { executor: 'shell', docker: null };
  }
  if (![null, 'bash'].includes(table.word('shell')))
    table.warn('shell', 'has no effect with containers: scripts are for the bash of their image, else for its sh');
  const given = table.table('docker');
  if (given !== null) {
    const docker = readDocker(given, configDir);
    if (docker.image === null) given.warn('image', 'is missing: jobs that name no image fail');
    return { executor, docker: nameEngine(docker, env) };
  }
  if (!table.has('docker')) table.warn('docker', 'is missing: jobs that name no image fail');
  return { executor, docker: nameEngine(DEFAULT_DOCKER_SETTINGS, env) };
}

/** GitLab's runner takes an address that ends in `/ci`, as very old ones did, for the one without. */
function readUrl(table: TableReader, env: EntryContext['env']): string {
  const given = expandVariables(table.text('url') ?? '', env).trim();
  const parsed = URL.parse(given);
  if (given === '') table.refuse('url', 'is missing: the address of the server, as in "https://ci.example.com"');
  else if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    table.refuse('url', `is "${given}", which is no address, as in "https://ci.example.com"`);
  } else if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    table.refuse('url', 'must be an address without a user, a question mark or #');
  } else return given.replace(/\/+$/, '').replace(/\/ci$/, '');
  return '';
}

function readToken(table: TableReader, env: EntryContext['env']): string {
  const token = expandVariables(table.text('token') ?? '', env).trim();
  // It goes into a header.
  if (!/^[!-~]*$/.test(token)) table.refuse('token', 'must be letters, digits and signs, without a blank');
  return token;
}

function readLabels(table: TableReader | null): Readonly<Record<string, string>> {
  if (table === null) return {};
  const names = table.keys();
  if (names.length > MOST_LABELS)
    table.refuse(names[MOST_LABELS] ?? '', `is one label too many: ${MOST_LABELS} at most`);
  const labels = names.map((name) => [name, table.text(name) ?? ''] as const);
  for (const [name, value] of labels) {
    if (!/^[a-zA-Z0-9_][a-zA-Z0-9._-]{2,64}$/.test(name)) {
      table.refuse(name, 'must have a name of 3 to 65 letters, digits, _, . and -');
    }
    if (!/^[a-zA-Z0-9._-]{1,256}$/.test(value)) table.refuse(name, 'must be 1 to 256 letters, digits, _, . and -');
  }
  return Object.fromEntries(labels);
}

function readCleanup(
  table: TableReader | null,
): Pick<RunnerEntry, 'quarantineAfter'> & { readonly extensionLimitMs: number } {
  const quarantineAfter = table?.count('quarantine_after') ?? DEFAULTS.quarantineAfter;
  const extensionLimitMs = table?.durationMs('extension_limit') ?? DEFAULTS.settings.extensionLimitMs;
  table?.close();
  return { quarantineAfter, extensionLimitMs };
}
