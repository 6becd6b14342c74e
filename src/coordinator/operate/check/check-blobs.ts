import { type BlobStore, logKeys } from '../../../blobs/index.ts';
import { listArtifactBlobs, listNamedBlobs, listSealedLogs, type Store } from '../../../store/index.ts';

const A_TURN = 500;
/** A put comes before its row. */
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

/** Blobs that no row names. */
export async function* checkStrayBlobs(store: Store, blobs: BlobStore, now: number): AsyncGenerator<string> {
  for (let after: string | null = ''; after !== null; ) {
    const page = await blobs.list('', after === '' ? { limit: A_TURN } : { after, limit: A_TURN });
    const old = page.blobs.filter(({ modifiedMs }) => modifiedMs < now - FRESH_MS).map(({ key }) => key);
    const artifacts = old.filter((key) => key.startsWith('artifacts/')).map(withoutIndex);
    const logs = old.filter((key) => key.startsWith('logs/'));
    const named = await store.read((db) => listNamedBlobs(db, [...new Set(artifacts)], [...new Set(logs.map(jobOf))]));
    for (const key of old) {
      const isNamed = key.startsWith('logs/') ? named.logsOf.has(jobOf(key)) : named.artifacts.has(withoutIndex(key));
      if (!isNamed) yield `blob ${key} belongs to nothing`;
    }
    after = page.next;
  }
}

function withoutIndex(key: string): string {
  return key.endsWith(INDEX) ? key.slice(0, -INDEX.length) : key;
}

/** `logs/2a/1066/log` */
function jobOf(key: string): number {
  return Number(key.split('/')[2]);
}
