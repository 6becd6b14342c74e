import type { S3Client } from '@aws-sdk/client-s3';
import type { Sdk } from './sdk.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** For a store that is not Amazon's: `https://storage.example.com`. */
  readonly endpoint?: string;
  /** The bucket in the path instead of the host name; most other stores want that. */
  readonly pathStyle?: boolean;
  /** Without, the SDK looks where it always does: profile, container, instance. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Put before every key; several servers may share a bucket. Ends with `/`. */
  readonly prefix?: string;
  /** For one request with all its retries; default 60 s. A part of an upload is one request, a download counts until its first byte. */
  readonly requestMs?: number;
  /** Bytes in one request of an upload; default, and at least for a store that keeps to the rules, 8 MiB and 5 MiB. */
  readonly partBytes?: number;
}

/** The bucket and how to talk to it. */
export interface Bucket {
  readonly sdk: Sdk;
  readonly client: S3Client;
  readonly name: string;
  readonly prefix: string;
  readonly requestMs: number;
  readonly partBytes: number;
}

const DEFAULT_REQUEST_MS = 60_000;
const DEFAULT_PART_BYTES = 8 * 1024 ** 2;
const CONNECT_MS = 5_000;
/** The first try included; the pauses between them add up to less than two seconds. */
const ATTEMPTS = 4;

/** Loads the SDK, which takes longer than the rest of the program; nobody without S3 pays for it. */
export async function connect(settings: S3Settings): Promise<Bucket> {
  const { sdk } = await import('./sdk.ts');
  const { bucket, region, endpoint, pathStyle = false, credentials, prefix = '' } = settings;
  const { requestMs = DEFAULT_REQUEST_MS, partBytes = DEFAULT_PART_BYTES } = settings;
  const client = new sdk.S3Client({
    region,
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS },
    // The newer checksums in trailers are unknown to many other stores; ours is a SHA-256 of the whole.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return { sdk, client, name: bucket, prefix, requestMs, partBytes };
}

export function place(bucket: Bucket, key: string): { readonly Bucket: string; readonly Key: string } {
  return { Bucket: bucket.name, Key: bucket.prefix + key };
}
