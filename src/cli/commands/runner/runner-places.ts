import { createHash, randomBytes } from 'node:crypto';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describeError, errorCode, makeDirectory, readRegularFile, writeAsOwner } from '../../../base/index.ts';
import type { Host } from '../../host.ts';
import { xdgPaths } from '../../settings/xdg-paths.ts';

/** Where a runner's settings and its work lie, as flags and the environment name them. */
export interface PlaceFlags {
  readonly config?: string;
  readonly workingDirectory?: string;
}

export function addConfigFlag(line: Command): Command {
  return line.option(
    '-c, --config <file>',
    'the settings (default: /etc/epilogue/runner.toml for root, else epilogue/runner.toml in the configuration directory of your user; or: CONFIG_FILE)',
  );
}

export function addPlaceFlags(line: Command): Command {
  return addConfigFlag(line).option(
    '-d, --working-directory <dir>',
    'where journals, builds and caches lie; one runner at a time (default: /var/lib/epilogue-runner for root, else epilogue/runner in the state directory of your user)',
  );
}

/** Absolute. @throws Failure `no_home` */
export function configPath({ config }: PlaceFlags, { cwd, env, homeDir, isRoot }: Host): string {
  const given = config ?? env.CONFIG_FILE;
  if (given !== undefined && given !== '') return resolve(cwd, given);
  if (isRoot) return '/etc/epilogue/runner.toml';
  return join(xdgPaths(env, homeDir).config, 'runner.toml');
}

/** Absolute. @throws Failure `no_home` */
export function workingDirectory({ workingDirectory: given }: PlaceFlags, { cwd, env, homeDir, isRoot }: Host): string {
  if (given !== undefined) return resolve(cwd, given);
  if (isRoot) return '/var/lib/epilogue-runner';
  return join(xdgPaths(env, homeDir).state, 'runner');
}

const SYSTEM_ID = /^[sr]_[0-9a-zA-Z]{12}$/;

/**
 * What tells the runners under one token apart: `s_` of this machine and the place of the settings, `r_` drawn where the machine has no number. Kept beside the
 * settings, as GitLab's runner does.
 */
export function systemIdBeside(config: string, warn: (text: string) => void): string {
  const path = join(dirname(config), '.runner_system_id');
  const known = readWord(path);
  if (known !== null && SYSTEM_ID.test(known)) return known;
  const machine = readWord('/etc/machine-id');
  const id =
    machine === null
      ? `r_${randomBytes(6).toString('hex')}`
      : `s_${createHash('sha256').update(`epilogue ${machine} ${config}`).digest('hex').slice(0, 12)}`;
  try {
    makeDirectory(dirname(path), 0o700);
    writeAsOwner(path, id);
  } catch (error) {
    if (machine === null)
      warn(`this runner is a new one to its servers at each start: ${path}: ${describeError(error)}`);
  }
  return id;
}

function readWord(path: string): string | null {
  try {
    return readRegularFile(path).toString().trim() || null;
  } catch (error) {
    if (errorCode(error) === undefined || !isAbsolute(path)) throw error;
    return null;
  }
}
