import { type BlobStore, logKeys } from '../../../blobs/index.ts';
import { listArtifactBlobs, listNamedBlobs, listSealedLogs, type Store } from '../../../store/index.ts';
import { OWNER } from '../upkeep/blobs-owner.ts';

const A_TURN = 500;
/** The bytes of a log come before it is noted that it is sealed. */
const FRESH_MS = 60 * 60 * 1000;
const INDEX = '.index';

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

/** Blobs that no row names, and that nobody will take away. */
export async function* checkStrayBlobs(store: Store, blobs: BlobStore, now: number): AsyncGenerator<string> {
  for (let after: string | null = ''; after !== null; ) {
    const page = await blobs.list('', after === '' ? { limit: A_TURN } : { after, limit: A_TURN });
    const keys = page.blobs.filter(({ modifiedMs }) => modifiedMs < now - FRESH_MS).map(({ key }) => key);
    const named = await store.read((db) => listNamedBlobs(db, keys.map(withoutIndex), jobsOf(keys)));
    for (const key of keys) {
      if (key === OWNER || named.keys.has(withoutIndex(key)) || jobsOf([key]).some((job) => named.logsOf.has(job)))
        continue;
      yield `blob ${key} belongs to nothing`;
    }
    after = page.next;
  }
}

function withoutIndex(key: string): string {
  return key.endsWith(INDEX) ? key.slice(0, -INDEX.length) : key;
}

/** Whose logs are among these keys: of `logs/2a/1066/log` 1066. */
function jobsOf(keys: readonly string[]): readonly number[] {
  return keys.filter((key) => key.startsWith('logs/')).map((key) => Number(key.split('/')[2]));
}
