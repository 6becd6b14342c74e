import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Failure } from '../../../base/index.ts';
import { type BlobStore, makeKey } from '../../../blobs/index.ts';
import type { Store } from '../../../store/index.ts';

/** Of no job; says which database the blobs belong to. */
export const OWNER = makeKey('artifacts', Number.MAX_SAFE_INTEGER, 'owner');
const MOST_BYTES = 100;

/** Whether the blobs are this database's, or a copy's of it: the first one that asks leaves its name there. */
export async function ownsBlobs(store: Store, blobs: BlobStore): Promise<boolean> {
  const identity = await store.read(async (db) => db.identity);
  const owner = await readOwner(blobs);
  if (owner !== null) return owner === identity;
  await blobs.put(OWNER, Readable.from([Buffer.from(identity)]), { maxBytes: MOST_BYTES });
  return true;
}

async function readOwner(blobs: BlobStore): Promise<string | null> {
  try {
    const { body } = await blobs.open(OWNER);
    return await text(body);
  } catch (error) {
    if (error instanceof Failure && error.code === 'blob_not_found') return null;
    throw error;
  }
}
