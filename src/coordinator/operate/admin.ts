import { existsSync } from 'node:fs';
import { type Clock, Failure } from '../../base/index.ts';
import type { S3Settings } from '../../blobs/index.ts';
import { openStore, type Store } from '../../store/index.ts';
import { databaseFile, keyFile } from '../open-parts.ts';

export interface AdminOptions {
  /** Absolute. */
  readonly dataDir: string;
  /** Null: the embedded database in the data directory. */
  readonly databaseUrl: string | null;
  /** Null: artifacts and logs are in the data directory. */
  readonly s3: S3Settings | null;
  readonly clock: Clock;
}

/**
 * Opens the database of a coordinator for a moment, also while that runs, and closes it again.
 * @throws Failure `no_data`: no coordinator has kept anything there; and those of the store
 */
export async function withStore<T>(
  { dataDir, databaseUrl, clock }: Omit<AdminOptions, 's3'>,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const file = databaseFile(dataDir);
  if (databaseUrl === null && !existsSync(file)) {
    throw new Failure(
      'no_data',
      `there is no coordinator's data in ${dataDir}; name the directory of \`epilogue serve\` with --data-dir`,
    );
  }
  const store = await openStore({
    database: databaseUrl === null ? { file } : { url: databaseUrl },
    keyFile: keyFile(dataDir),
    clock,
  });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
