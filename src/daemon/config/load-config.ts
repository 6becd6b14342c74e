import { dirname } from 'node:path';
import { describeError, errorCode, Failure, readRegularFile } from '../../base/index.ts';
import { type ConfigReading, readConfig } from './read-config.ts';
import type { EntryContext } from './read-entry.ts';

export interface ConfigSource {
  /** Of the file; absolute. */
  readonly path: string;
  /** The runner's working directory; absolute. */
  readonly directory: string;
  readonly env: EntryContext['env'];
}

/** @throws Failure `no_runner_config`, `runner_config_unreadable` */
export function loadConfig(source: ConfigSource): ConfigReading {
  const { path, directory, env } = source;
  return readConfig(readText(path), { file: path, directory, env, configDir: dirname(path) });
}

function readText(path: string): string {
  try {
    return readRegularFile(path).toString();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw new Failure(
        'no_runner_config',
        `there is no ${path}: \`epilogue runner register\` makes one, or --config names another`,
      );
    }
    throw new Failure('runner_config_unreadable', `cannot read ${path}: ${describeError(error)}`, { cause: error });
  }
}
