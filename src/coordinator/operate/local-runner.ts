import { join } from 'node:path';
import { errorCode, makeDirectory, readRegularFile, writeDurably } from '../../base/index.ts';
import { findRunnerByToken, insertRunner } from '../../store/index.ts';
import { drawToken, hashToken, TOKEN_PREFIXES } from '../access/index.ts';
import type { Parts } from '../parts.ts';
import { NEW_RUNNER } from '../runner-api/registration/runner-settings.ts';

export interface LocalRunner {
  /** Absolute; holds the token and all that the runner keeps. */
  readonly directory: string;
  /** Mode 0600; the token and a newline. */
  readonly tokenFile: string;
  /** The coordinator's address and a newline: a runner that outlived its coordinator finds the next one there. */
  readonly urlFile: string;
}

/**
 * The runner that comes with a coordinator: takes jobs of all projects. Made at the first start, and again when somebody removed it.
 * @param address where this machine reaches the coordinator.
 */
export async function prepareLocalRunner(
  { dataDir, store }: Pick<Parts, 'dataDir' | 'store'>,
  address: string,
): Promise<LocalRunner> {
  const directory = join(dataDir, 'runner');
  const tokenFile = join(directory, 'token');
  const urlFile = join(directory, 'url');
  makeDirectory(directory, 0o700);
  writeDurably(urlFile, `${address}\n`, true);
  const known = readToken(tokenFile);
  if (known !== null && (await store.read((db) => findRunnerByToken(db, hashToken(known)))) !== null) {
    return { directory, tokenFile, urlFile };
  }
  const token = drawToken(TOKEN_PREFIXES.runner);
  // The file first: a token that nobody holds is of no use, a file whose token is nobody's is made anew.
  writeDurably(tokenFile, `${token}\n`, true);
  await store.write((tx) => insertRunner(tx, { ...SETTINGS, tokenHash: hashToken(token) }, []));
  return { directory, tokenFile, urlFile };
}

const SETTINGS = {
  ...NEW_RUNNER,
  kind: 'instance',
  tokenExpiresAt: null,
  createdBy: null,
  description: 'local runner',
} as const;

function readToken(file: string): string | null {
  try {
    return readRegularFile(file).toString().trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
