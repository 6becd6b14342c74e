import { join } from 'node:path';
import { type Clock, describeError, Failure, type FileLock, makeDirectory, tryLock } from '../base/index.ts';
import type { S3Settings } from '../blobs/index.ts';
import { openRepositories } from '../git/index.ts';
import { openStore } from '../store/index.ts';
import { openBlobs, probeBlobs } from './open-blobs.ts';
import type { Log, Parts } from './parts.ts';

export interface PartsOptions {
  /** Absolute; made, mode 0700, when it is missing. */
  readonly dataDir: string;
  /** `postgres://…`; null: a SQLite file in the data directory, which belongs to this process alone then. */
  readonly databaseUrl: string | null;
  /** Where artifacts and sealed logs go; null: into the data directory. */
  readonly s3: S3Settings | null;
  readonly pageDir: string;
  readonly base: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** PATH, for git. */
  readonly path: string;
}

export interface OpenParts {
  readonly parts: Parts;
  close(): Promise<void>;
}

/**
 * Opens all that the coordinator keeps.
 * @throws Failure `data_dir_unusable`, `data_dir_in_use`, `blobs_unusable`, and those of the store.
 */
export async function openParts(options: PartsOptions): Promise<OpenParts> {
  const { dataDir, databaseUrl, s3, base, version, clock, log, pageDir } = options;
  makeDataDir(dataDir);
  const lock = databaseUrl === null ? await lockDataDir(dataDir) : null;
  const blobs = await openBlobs(dataDir, s3);
  try {
    if (s3 !== null) await probeBlobs(blobs, s3);
    const store = await openStore({
      database: databaseUrl === null ? { file: databaseFile(dataDir) } : { url: databaseUrl },
      keyFile: keyFile(dataDir),
      clock,
    });
    const repositories = openRepositories({ root: join(dataDir, 'repositories'), path: options.path });
    return {
      parts: { store, blobs, repositories, clock, log, base, version, dataDir, pageDir },
      async close() {
        blobs.close();
        await store.close();
        lock?.release();
      },
    };
  } catch (error) {
    blobs.close();
    lock?.release();
    throw error;
  }
}

/** Where the embedded database lies. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'epilogue.db');
}

/** Where the key lies that secrets are sealed with. */
export function keyFile(dataDir: string): string {
  return join(dataDir, 'master.key');
}

function makeDataDir(dataDir: string): void {
  try {
    makeDirectory(dataDir, 0o700);
  } catch (error) {
    throw new Failure('data_dir_unusable', `the data directory cannot be made: ${describeError(error)}`, {
      cause: error,
    });
  }
}

async function lockDataDir(dataDir: string): Promise<FileLock> {
  const lock = await tryLock(join(dataDir, 'lock'));
  if (lock !== null) return lock;
  throw new Failure('data_dir_in_use', `another coordinator runs on ${dataDir}; with PostgreSQL there can be several`);
}
