import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { S3Settings } from '../../coordinator/index.ts';
import type { Host } from '../host.ts';
import { parseBlobsUrl } from './parse-blobs-url.ts';
import { xdgPaths } from './xdg-paths.ts';

/** Where a coordinator keeps its data, as `serve` and `admin` are told. */
export interface DataFlags {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly blobs?: S3Settings;
}

/** The same, complete. */
export interface DataPlaces {
  /** Absolute. */
  readonly dataDir: string;
  /** Null: the embedded database in the data directory. */
  readonly databaseUrl: string | null;
  /** Null: in the data directory. */
  readonly s3: S3Settings | null;
}

/** What is not given as a flag comes from the environment, where a password can be kept from other users of the machine. */
export function addDataFlags(line: Command, { env }: Host): Command {
  const blobs = new Option(
    '--blobs <url>',
    's3://BUCKET/PREFIX?endpoint=…&region=… for artifacts and logs, instead of the data directory; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a file, as always with S3 (or: EPILOGUE_BLOBS)',
  ).argParser(parseBlobs);
  const { EPILOGUE_BLOBS, EPILOGUE_DATABASE_URL, EPILOGUE_DATA_DIR } = env;
  if (EPILOGUE_BLOBS !== undefined) blobs.default(parseBlobs(EPILOGUE_BLOBS), EPILOGUE_BLOBS);
  return line
    .option(
      '--data-dir <dir>',
      'where everything is kept (default: in the state directory of your user; or: EPILOGUE_DATA_DIR)',
      EPILOGUE_DATA_DIR,
    )
    .addOption(
      new Option(
        '--database-url <url>',
        'postgres://… instead of the embedded database; several replicas can share it (or: EPILOGUE_DATABASE_URL)',
      ).default(EPILOGUE_DATABASE_URL, 'from the environment'),
    )
    .addOption(blobs);
}

export function dataPlaces({ dataDir, databaseUrl, blobs }: DataFlags, { cwd, env, homeDir }: Host): DataPlaces {
  return {
    dataDir: dataDir === undefined ? join(xdgPaths(env, homeDir).state, 'serve') : resolve(cwd, dataDir),
    databaseUrl: databaseUrl ?? null,
    s3: blobs ?? null,
  };
}

function parseBlobs(text: string): S3Settings {
  const settings = parseBlobsUrl(text);
  if (typeof settings === 'string') throw new InvalidArgumentError(settings);
  return settings;
}
