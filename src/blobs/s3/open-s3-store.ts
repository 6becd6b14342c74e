import { checkKey, checkPrefix, SIDECAR } from '../blob-key.ts';
import type { BlobStore } from '../blob-store.ts';
import { ask } from './ask.ts';
import { type Bucket, connect, place, type S3Settings } from './bucket.ts';
import { listObjects } from './list-objects.ts';
import { putObject } from './put-object.ts';
import { openObject, statObject } from './read-object.ts';
import { sweepUploads } from './sweep-uploads.ts';

/** Blobs as objects of one bucket, which has to exist. Any number of processes may work on it. Sends nothing yet. */
export async function openS3Store(settings: S3Settings): Promise<BlobStore> {
  const bucket = await connect(settings);
  return {
    put: async (key, source, options) => putObject(bucket, checkKey(key), source, options),
    open: async (key, range = {}) => openObject(bucket, checkKey(key), range),
    stat: async (key) => statObject(bucket, checkKey(key)),
    async delete(key) {
      await removeObject(bucket, checkKey(key) + SIDECAR);
      await removeObject(bucket, key);
    },
    list: async (prefix, options = {}) => listObjects(bucket, checkPrefix(prefix), options),
    sweep: (before) => sweepUploads(bucket, before),
    close: () => bucket.client.destroy(),
  };
}

async function removeObject(bucket: Bucket, key: string): Promise<void> {
  const command = new bucket.sdk.DeleteObjectCommand(place(bucket, key));
  await ask(bucket, `remove ${key}`, (abortSignal) => bucket.client.send(command, { abortSignal }));
}
