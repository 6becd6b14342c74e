import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeError, Failure, readRegularFile } from '../../../base/index.ts';
import { DEFAULT_RUNNER_CONFIG, DEFAULT_RUNNER_ENTRY, entryKey, type RunnerConfig } from '../../../daemon/index.ts';
import { DEFAULT_DOCKER_SETTINGS, nameEngine } from '../../../executors/index.ts';
import { DEFAULT_RUNNER_SETTINGS, type RunnerSettings } from '../../../runner/index.ts';
import type { Host } from '../../host.ts';

/** A runner of one entry, without a file of settings: what `epilogue serve` starts. */
export interface EntryFlags {
  readonly url?: string;
  readonly urlFile?: string;
  readonly tokenFile?: string;
  readonly directory?: string;
  readonly concurrent?: number;
  readonly executor?: 'shell' | 'docker';
  readonly dockerImage?: string | null;
}

export function addEntryFlags(line: Command): Command {
  return line
    .addOption(
      new Option('--url <url>', 'without settings: the address of one server').argParser(parseUrl).conflicts('config'),
    )
    .addOption(
      new Option('--url-file <file>', 'holds that address, and is read again whenever it is needed').conflicts('url'),
    )
    .option('--token-file <file>', 'with one of these: holds the authentication token of the runner')
    .addOption(
      new Option('--directory <dir>', 'with one of these: as --working-directory').conflicts('workingDirectory'),
    )
    .addOption(
      new Option(
        '--concurrent <n>',
        'with one of these: jobs at the same time (default: as many as the machine has cores, at least 4)',
      ).argParser(parseCount),
    )
    .addOption(
      new Option('--executor <name>', 'with one of these: what runs jobs (default: shell)').choices([
        'shell',
        'docker',
      ]),
    )
    .option('--docker-image <image>', 'with --executor docker: of jobs that name none');
}

/** Jobs wait more than they compute: one that sleeps should not keep the others from a small machine. */
const FEWEST_JOBS = 4;

export function isFromFlags({ url, urlFile, tokenFile, directory }: EntryFlags): boolean {
  return [url, urlFile, tokenFile, directory].some((flag) => flag !== undefined);
}

/** @throws Failure `no_url`, `no_token_file`, `no_docker`, and what reading the files does */
export function configFromFlags(flags: EntryFlags, host: Host): RunnerConfig {
  const { tokenFile, concurrent = Math.max(FEWEST_JOBS, host.cores) } = flags;
  if (tokenFile === undefined) throw new Failure('no_token_file', 'say where the token of the runner is: --token-file');
  const url = addressFrom(flags, host);
  const token = readWord(resolve(host.cwd, tokenFile));
  const key = entryKey({ url: null, id: null, token });
  return {
    ...DEFAULT_RUNNER_CONFIG,
    concurrent,
    entries: [{ ...DEFAULT_RUNNER_ENTRY, key, name: 'runner', url, token, settings: settingsFrom(flags, host) }],
  };
}

function settingsFrom({ executor = 'shell', dockerImage: image = null }: EntryFlags, { env }: Host): RunnerSettings {
  if (executor === 'shell') {
    if (image !== null) throw new Failure('no_docker', '--docker-image goes with --executor docker');
    return DEFAULT_RUNNER_SETTINGS;
  }
  const docker = {
    ...DEFAULT_DOCKER_SETTINGS,
    image,
    // There are no settings to say it in: what can be pulled is, and what cannot is taken as it is there. A job may say otherwise.
    pullPolicy: ['always', 'if-not-present'],
    allowedPullPolicies: ['always', 'if-not-present', 'never'],
  } as const;
  return { ...DEFAULT_RUNNER_SETTINGS, executor, docker: nameEngine(docker, env) };
}

function addressFrom({ url, urlFile }: EntryFlags, { cwd }: Host): () => string {
  if (url !== undefined) return () => url;
  if (urlFile === undefined) throw new Failure('no_url', 'say where the coordinator is: --url or --url-file');
  const path = resolve(cwd, urlFile);
  let last = readUrl(path);
  return () => {
    try {
      last = readUrl(path);
    } catch (error) {
      // Somebody is at it right now, or it is no longer there: the coordinator may well be where it was.
      if (!(error instanceof Failure)) throw error;
    }
    return last;
  };
}

function readUrl(path: string): string {
  try {
    return parseUrl(readWord(path));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new Failure('bad_url', `${path} holds no address. ${error.message}`);
  }
}

/** The file's one word. @throws Failure `file_unreadable`, `file_empty` */
function readWord(path: string): string {
  let word: string;
  try {
    word = readRegularFile(path).toString().trim();
  } catch (error) {
    throw new Failure('file_unreadable', `cannot read ${path}: ${describeError(error)}`, { cause: error });
  }
  if (word === '') throw new Failure('file_empty', `${path} is empty`);
  return word;
}

/** For an option. */
export function parseUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new InvalidArgumentError('Write an address, as in https://ci.example.com.');
  }
  return text.replace(/\/+$/, '');
}

/** For an option. */
function parseCount(text: string): number {
  const count = Number(text);
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Write a number of jobs, from 1.');
  return count;
}
