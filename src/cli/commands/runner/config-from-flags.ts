import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { describeError, Failure, readRegularFile } from '../../../base/index.ts';
import { DEFAULT_RUNNER_CONFIG, DEFAULT_RUNNER_ENTRY, entryKey, type RunnerConfig } from '../../../daemon/index.ts';
import type { Host } from '../../host.ts';

/** A runner of one entry, without a file of settings: what `epilogue serve` starts. */
export interface EntryFlags {
  readonly url?: string;
  readonly urlFile?: string;
  readonly tokenFile?: string;
  readonly directory?: string;
  readonly concurrent?: number;
}

/** Jobs wait more than they compute: one that sleeps should not keep the others from a small machine. */
const FEWEST_JOBS = 4;

export function isFromFlags({ url, urlFile, tokenFile, directory }: EntryFlags): boolean {
  return [url, urlFile, tokenFile, directory].some((flag) => flag !== undefined);
}

/** @throws Failure `no_url`, `no_token_file`, and what reading the files does */
export function configFromFlags(flags: EntryFlags, host: Host): RunnerConfig {
  const { tokenFile, concurrent = Math.max(FEWEST_JOBS, host.cores) } = flags;
  if (tokenFile === undefined) throw new Failure('no_token_file', 'say where the token of the runner is: --token-file');
  const url = addressFrom(flags, host);
  const token = readWord(resolve(host.cwd, tokenFile));
  const key = entryKey({ url: null, id: null, token });
  return {
    ...DEFAULT_RUNNER_CONFIG,
    concurrent,
    entries: [{ ...DEFAULT_RUNNER_ENTRY, key, name: 'runner', url, token }],
  };
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
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Write a number of jobs, from 1.');
  return count;
}
