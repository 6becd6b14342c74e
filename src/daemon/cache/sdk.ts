import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** What we use of the SDK, by name: bundled, a CommonJS package that is loaded late has no names of its own. */
export const sdk = { GetObjectCommand, PutObjectCommand, S3Client } as const;
