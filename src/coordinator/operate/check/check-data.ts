import { countStrayRows, listStuckEffects, type Store } from '../../../store/index.ts';
import { openBlobs } from '../../open-blobs.ts';
import type { AdminOptions } from '../admin.ts';
import { checkRowsOfBlobs, checkStrayBlobs } from './check-blobs.ts';
import { checkPipelines } from './check-pipelines.ts';

/** Whoever works effects off has no luck with one that was tried so often. */
const STUBBORN_TRIES = 10;
const MOST_SHOWN = 100;

/** What is not as it should be in what a coordinator keeps, one line each. Reads only; also while that runs. */
export async function* checkData(store: Store, { dataDir, s3, clock }: AdminOptions): AsyncGenerator<string> {
  yield* checkPipelines(store);
  const { stray, stuck } = await store.read(async (db) => ({
    stray: await countStrayRows(db),
    stuck: await listStuckEffects(db, STUBBORN_TRIES, MOST_SHOWN),
  }));
  for (const [table, count] of Object.entries(stray)) {
    if (count > 0) yield `${count} rows of ${table} are about jobs that are no more`;
  }
  for (const { id, kind, tries, lastError } of stuck) {
    yield `effect ${id} (${kind}) was tried ${tries} times: ${lastError ?? 'it never came back'}`;
  }
  const blobs = await openBlobs(dataDir, s3);
  try {
    yield* checkRowsOfBlobs(store, blobs);
    yield* checkStrayBlobs(store, blobs, clock.now());
  } finally {
    blobs.close();
  }
}
