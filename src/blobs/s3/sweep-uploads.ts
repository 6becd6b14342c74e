import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import { ask } from './ask.ts';
import type { Bucket } from './bucket.ts';
import { abortUpload } from './upload-parts.ts';

type Page = Pick<ListMultipartUploadsCommandOutput, 'NextKeyMarker' | 'NextUploadIdMarker'>;

/** Aborts uploads that began before `before`: nobody sees their parts, but they are paid for. */
export async function sweepUploads(bucket: Bucket, before: number): Promise<number> {
  let aborted = 0;
  for (let page: Page | null = {}; page !== null; ) {
    const command = new bucket.sdk.ListMultipartUploadsCommand({
      Bucket: bucket.name,
      Prefix: bucket.prefix,
      KeyMarker: page.NextKeyMarker,
      UploadIdMarker: page.NextUploadIdMarker,
    });
    const send = (abortSignal: AbortSignal) => bucket.client.send(command, { abortSignal });
    const answer: ListMultipartUploadsCommandOutput = await ask(bucket, 'list uploads', send);
    for (const { Key, UploadId, Initiated } of answer.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined || (Initiated?.getTime() ?? before) >= before) continue;
      await abortUpload(bucket, Key.slice(bucket.prefix.length), UploadId);
      aborted += 1;
    }
    page = answer.IsTruncated ? answer : null;
  }
  return aborted;
}
