import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { describeError, Failure, makeDirectory } from '../../base/index.ts';
import type { CacheStore, RunnerSettings } from '../../runner/index.ts';

export type S3CacheOptions = Pick<RunnerSettings['cache'], 'path' | 'shared' | 'maxUploadedArchiveBytes'> & {
  readonly s3: NonNullable<RunnerSettings['cache']['s3']>;
  /** Caches of runners lie apart, unless they are shared. */
  readonly shortToken: string;
  readonly projectId: number;
  /** For one archive, up or down. */
  readonly requestMs: number;
};

/** The first one included. */
const TRIES = 3;
const CONNECT_MS = 10_000;

/** Caches as objects of a bucket, under the names that GitLab's runner gives them. The SDK is loaded at the first use: it takes longer than all else. */
export function openS3Cache(options: S3CacheOptions): CacheStore {
  const { requestMs, maxUploadedArchiveBytes: limit, s3 } = options;

  /** A client for each: between the two ends of a job no connection stays open. */
  async function use<T>(words: string, signal: AbortSignal, work: (means: Means) => Promise<T>): Promise<T> {
    const { sdk } = await import('./sdk.ts');
    const client = new sdk.S3Client(clientConfig(s3));
    try {
      return await work({ sdk, client, abortSignal: AbortSignal.any([signal, AbortSignal.timeout(requestMs)]) });
    } catch (error) {
      signal.throwIfAborted();
      throw new Failure('cache_store_failed', `${words}: ${describeError(error)}`, { cause: error });
    } finally {
      client.destroy();
    }
  }

  return {
    fetch: (key, file, signal) =>
      use(`cannot download ${key}`, signal, async ({ sdk, client, abortSignal }) => {
        const command = new sdk.GetObjectCommand({ Bucket: s3.bucket, Key: objectKey(options, key) });
        const answer = await client.send(command, { abortSignal }).catch((error: unknown) => {
          if (error instanceof Error && error.name === 'NoSuchKey') return null;
          throw error;
        });
        if (answer?.Body === undefined) return false;
        await writeWhole(answer.Body as Readable, file, abortSignal);
        return true;
      }),
    async put(file, key, signal) {
      const { size } = await stat(file);
      if (limit !== null && size > limit) {
        const text = `the archive has ${size} bytes; more than ${limit} are not uploaded (MaxUploadedArchiveSize)`;
        throw new Failure('archive_too_large', text);
      }
      await use(`cannot upload ${key}`, signal, async ({ sdk, client, abortSignal }) => {
        const body = createReadStream(file);
        // Whoever reads it hears of its trouble; nobody may.
        body.on('error', () => {});
        const command = new sdk.PutObjectCommand({
          Bucket: s3.bucket,
          Key: objectKey(options, key),
          Body: body,
          ContentLength: size,
          ContentType: 'application/octet-stream',
          ...encryptionOf(s3),
        });
        await client.send(command, { abortSignal }).finally(() => body.destroy());
      });
    },
  };
}

interface Means {
  readonly sdk: typeof import('./sdk.ts')['sdk'];
  readonly client: InstanceType<Means['sdk']['S3Client']>;
  readonly abortSignal: AbortSignal;
}

/** `[Path/][runner/<short token>/]project/<id>/<key>` */
export function objectKey(
  { path, shared, shortToken, projectId }: Pick<S3CacheOptions, 'path' | 'shared' | 'shortToken' | 'projectId'>,
  key: string,
): string {
  const above = path.split('/').filter((name) => name !== '');
  return [...above, ...(shared ? [] : ['runner', shortToken]), 'project', String(projectId), key].join('/');
}

function clientConfig({ serverAddress, insecure, pathStyle, region, keys }: S3CacheOptions['s3']): S3ClientConfig {
  const isAmazon = serverAddress === null || /(^|\.)amazonaws\.com(\.cn)?(:\d+)?$/.test(serverAddress);
  return {
    region: region ?? 'us-east-1',
    forcePathStyle: pathStyle ?? !isAmazon,
    maxAttempts: TRIES,
    requestHandler: { connectionTimeout: CONNECT_MS },
    // Newer checksums, in trailers, are unknown to many other stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(serverAddress === null ? {} : { endpoint: `${insecure ? 'http' : 'https'}://${serverAddress}` }),
    ...(keys === null
      ? {}
      : {
          credentials: {
            accessKeyId: keys.accessKey,
            secretAccessKey: keys.secretKey,
            ...(keys.sessionToken === null ? {} : { sessionToken: keys.sessionToken }),
          },
        }),
  };
}

function encryptionOf({ serverSideEncryption: kind, serverSideEncryptionKeyId: id }: S3CacheOptions['s3']): {
  readonly ServerSideEncryption?: 'AES256' | 'aws:kms';
  readonly SSEKMSKeyId?: string;
} {
  if (kind === null) return {};
  if (kind === 'S3') return { ServerSideEncryption: 'AES256' };
  return { ServerSideEncryption: 'aws:kms', ...(id === null ? {} : { SSEKMSKeyId: id }) };
}

/** Other jobs may read the file, or write it, at the same time. */
async function writeWhole(body: Readable, file: string, signal: AbortSignal): Promise<void> {
  makeDirectory(dirname(file), 0o700);
  const unfinished = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await pipeline(body, createWriteStream(unfinished, { mode: 0o600 }), { signal });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
