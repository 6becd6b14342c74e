import { isKey } from '../blob-key.ts';
import type { BlobPage, ListedBlob } from '../blob-store.ts';
import { ask } from './ask.ts';
import type { Bucket } from './bucket.ts';

const DEFAULT_LIMIT = 1000;

/** One request a page; what is no blob (checksums, somebody else's objects) is left out of it. */
export async function listObjects(
  bucket: Bucket,
  prefix: string,
  { after, limit = DEFAULT_LIMIT }: { readonly after?: string; readonly limit?: number },
): Promise<BlobPage> {
  const command = new bucket.sdk.ListObjectsV2Command({
    Bucket: bucket.name,
    Prefix: bucket.prefix + prefix,
    MaxKeys: limit,
    ...(after === undefined ? {} : { StartAfter: bucket.prefix + after }),
  });
  const send = (abortSignal: AbortSignal) => bucket.client.send(command, { abortSignal });
  const { Contents = [], IsTruncated = false } = await ask(bucket, `list ${prefix}`, send);
  const objects = Contents.map(({ Key = '', Size = 0, LastModified }): ListedBlob => {
    const key = Key.slice(bucket.prefix.length);
    return { key, sizeBytes: Size, modifiedMs: LastModified?.getTime() ?? 0 };
  });
  return { blobs: objects.filter(({ key }) => isKey(key)), next: IsTruncated ? (objects.at(-1)?.key ?? null) : null };
}
