import { type BlobStore, logKeys } from '../../../blobs/index.ts';
import { listArtifactBlobs, listSealedLogs, type Store } from '../../../store/index.ts';
import { strayBlobs } from '../upkeep/stray-blobs.ts';

const A_TURN = 500;
/** A put comes before its row. */
const FRESH_MS = 60 * 60 * 1000;

/** Artifacts and sealed logs whose bytes are not there. */
export async function* checkRowsOfBlobs(store: Store, blobs: BlobStore): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const rows = await store.read((db) => listArtifactBlobs(db, after, A_TURN));
    for (const { id, jobId, blob } of rows) {
      if ((await blobs.stat(blob)) === null) yield `artifact ${id} of job ${jobId}: its blob ${blob} is not there`;
      after = id;
    }
    if (rows.length === 0) break;
  }
  for (let after = 0; ; ) {
    const jobs = await store.read((db) => listSealedLogs(db, after, A_TURN));
    for (const jobId of jobs) {
      const { log } = logKeys(jobId);
      if ((await blobs.stat(log)) === null) yield `log of job ${jobId}: its blob ${log} is not there`;
      after = jobId;
    }
    if (jobs.length === 0) return;
  }
}

/** Blobs that no row names. */
export async function* checkStrayBlobs(store: Store, blobs: BlobStore, now: number): AsyncGenerator<string> {
  for (let after: string | null = ''; after !== null; ) {
    const page = await strayBlobs(store, blobs, { after, limit: A_TURN, before: now - FRESH_MS });
    for (const key of page.stray) yield `blob ${key} belongs to nothing`;
    after = page.next;
  }
}
