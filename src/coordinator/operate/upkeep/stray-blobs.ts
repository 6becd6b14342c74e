import type { BlobStore } from '../../../blobs/index.ts';
import { listNamedBlobs, type Store } from '../../../store/index.ts';
import { OWNER } from './blobs-owner.ts';

export interface StrayBlobsPage {
  /** Keys. */
  readonly stray: readonly string[];
  /** `after` of the next page; null: this was the last one. */
  readonly next: string | null;
}

export interface LookingForStrays {
  /** Empty: from the start. */
  readonly after: string;
  readonly limit: number;
  /** Only what was put before, UTC ms: a put comes before its row. */
  readonly before: number;
}

const INDEX = '.index';

/** Blobs that no row names. */
export async function strayBlobs(
  store: Store,
  blobs: BlobStore,
  { after, limit, before }: LookingForStrays,
): Promise<StrayBlobsPage> {
  const page = await blobs.list('', after === '' ? { limit } : { after, limit });
  const old = page.blobs.filter(({ modifiedMs }) => modifiedMs < before).map(({ key }) => key);
  const artifacts = old.filter((key) => key.startsWith('artifacts/')).map(withoutIndex);
  const logs = old.filter((key) => key.startsWith('logs/'));
  const named = await store.read((db) => listNamedBlobs(db, [...new Set(artifacts)], [...new Set(logs.map(jobOf))]));
  const isNamed = (key: string): boolean =>
    key.startsWith('logs/') ? named.logsOf.has(jobOf(key)) : named.artifacts.has(withoutIndex(key));
  return { stray: old.filter((key) => key !== OWNER && !isNamed(key)), next: page.next };
}

function withoutIndex(key: string): string {
  return key.endsWith(INDEX) ? key.slice(0, -INDEX.length) : key;
}

/** Of `logs/2a/1066/log` 1066. */
export function jobOf(key: string): number {
  return Number(key.split('/')[2]);
}
