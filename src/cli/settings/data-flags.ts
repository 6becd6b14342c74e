import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeError, Failure } from '../../base/index.ts';
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

export function addDataFlags(line: Command): Command {
  return line
    .option(
      '--data-dir <dir>',
      'where everything is kept (default: in the state directory of your user; or: EPILOGUE_DATA_DIR)',
    )
    .addOption(
      new Option(
        '--database-url <url>',
        'postgres://… instead of the embedded database; several replicas can share it (or: EPILOGUE_DATABASE_URL)',
      ).argParser(parseDatabaseUrl),
    )
    .addOption(
      new Option(
        '--blobs <url>',
        's3://BUCKET/PREFIX?endpoint=…&region=… for artifacts and logs, instead of the data directory; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a file, as always with S3 (or: EPILOGUE_BLOBS)',
      ).argParser(parseBlobs),
    );
}

/**
 * What is not given as a flag comes from the environment, where a password can be kept from other users of the machine.
 * @throws Failure `bad_environment`
 */
export function dataPlaces(flags: DataFlags, { cwd, env, homeDir }: Host): DataPlaces {
  const fromEnvironment = <T>(name: string, parse: (text: string) => T): T | null => {
    const text = env[name];
    try {
      return text === undefined ? null : parse(text);
    } catch (error) {
      throw new Failure('bad_environment', `${name} is invalid. ${describeError(error)}`);
    }
  };
  const dataDir = flags.dataDir ?? env.EPILOGUE_DATA_DIR;
  return {
    dataDir: dataDir === undefined ? join(xdgPaths(env, homeDir).state, 'serve') : resolve(cwd, dataDir),
    databaseUrl: flags.databaseUrl ?? fromEnvironment('EPILOGUE_DATABASE_URL', parseDatabaseUrl),
    s3: flags.blobs ?? fromEnvironment('EPILOGUE_BLOBS', parseBlobs),
  };
}

function parseDatabaseUrl(text: string): string {
  // The text may hold a password, so the message does not repeat it.
  if (!/^postgres(ql)?:\/\//.test(text)) throw new InvalidArgumentError('Write postgres://USER@HOST/DATABASE.');
  return text;
}

function parseBlobs(text: string): S3Settings {
  const settings = parseBlobsUrl(text);
  if (typeof settings === 'string') throw new InvalidArgumentError(settings);
  return settings;
}
