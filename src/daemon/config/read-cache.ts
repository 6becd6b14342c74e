import type { CacheSettings, S3CacheSettings } from '../../runner/index.ts';
import type { TableReader } from './table-reader.ts';

const TYPES = ['s3', 'gcs', 'azure'] as const;
const NO_EFFECT = 'has no effect yet';

/** `[runners.cache]`, whose keys GitLab writes with capitals. */
export function readCache(table: TableReader): CacheSettings {
  const type = table.choice('Type', TYPES);
  if (type === 'gcs' || type === 'azure') {
    table.warn('Type', `is "${type}", which we cannot reach: caches stay on this machine`);
  }
  const limit = table.count('MaxUploadedArchiveSize');
  const given = table.table('s3');
  const s3 = given === null ? null : readS3(given, type === 's3');
  if (type === 's3' && given === null) table.refuse('s3', 'is missing: Type is "s3"');
  for (const key of ['gcs', 'azure']) table.ignore(key, NO_EFFECT);
  const settings = {
    path: table.text('Path') ?? '',
    shared: table.flag('Shared') ?? false,
    maxUploadedArchiveBytes: limit === 0 ? null : limit,
    s3: type === 's3' ? s3 : null,
  };
  table.close();
  return settings;
}

function readS3(table: TableReader, isUsed: boolean): S3CacheSettings {
  const bucket = table.word('BucketName');
  if (isUsed && bucket === null) table.refuse('BucketName', 'is missing: it names the bucket for caches');
  for (const key of ['DualStack', 'Accelerate']) table.ignore(key, 'has no effect: the address of the bucket is used');
  for (const key of ['RoleARN', 'UploadRoleARN']) {
    table.ignore(key, 'has no effect: no role is taken on; give keys, or the machine a role that may use the bucket');
  }
  const encryption = table.choice('ServerSideEncryption', ['S3', 'KMS']);
  const settings: S3CacheSettings = {
    serverAddress: table.word('ServerAddress'),
    keys: readKeys(table, isUsed),
    bucket: bucket ?? '',
    region: table.word('BucketLocation'),
    insecure: table.flag('Insecure') ?? false,
    pathStyle: table.flag('PathStyle'),
    serverSideEncryption: encryption,
    serverSideEncryptionKeyId: table.word('ServerSideEncryptionKeyID'),
  };
  table.close();
  return settings;
}

/** As GitLab's runner has it: with both keys, they are used unless the type says otherwise. */
function readKeys(table: TableReader, isUsed: boolean): S3CacheSettings['keys'] {
  const accessKey = table.word('AccessKey');
  const secretKey = table.word('SecretKey');
  const sessionToken = table.word('SessionToken');
  const type = table.choice('AuthenticationType', ['access-key', 'iam']);
  if (isUsed && type === 'access-key' && (accessKey === null || secretKey === null)) {
    table.refuse('AuthenticationType', 'is "access-key": AccessKey and SecretKey are needed');
  }
  return type === 'iam' || accessKey === null || secretKey === null ? null : { accessKey, secretKey, sessionToken };
}
