import { statSync } from 'node:fs';
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

/** `stamp`: of the file as it was before it was read, so that no change is missed. @throws Failure `no_runner_config`, `runner_config_unreadable` */
export function loadConfig(source: ConfigSource): ConfigReading & { readonly stamp: string } {
  const { path, directory, env } = source;
  const stamp = stampOf(path);
  return { stamp, ...readConfig(readText(path), { file: path, directory, env, configDir: dirname(path) }) };
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

/** Changes with the file; of one that cannot be looked at, why. */
export function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return errorCode(error) ?? describeError(error);
  }
}
