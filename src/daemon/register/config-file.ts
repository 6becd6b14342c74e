import { dirname } from 'node:path';
import { describeError, errorCode, Failure, makeDirectory, readRegularFile, writeAsOwner } from '../../base/index.ts';
import { appendEntry, changeEntry, removeEntry } from '../config/edit-config.ts';
import type { Table } from '../config/table-reader.ts';

/** What a runner's settings are changed to, mode 0600, at once or not at all; whoever owned them still does. */
export type ConfigChange =
  | { readonly kind: 'append'; readonly entry: Table }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'change'; readonly at: number; readonly keys: Readonly<Record<string, unknown>> };

/**
 * Changes a `config.toml`; one that is not there is empty, and is made, as are the directories above it.
 * @throws Failure `runner_config_broken`, `runner_config_unwritable`
 */
export function changeConfigFile(path: string, change: ConfigChange): void {
  try {
    makeDirectory(dirname(path), 0o700);
    writeAsOwner(path, edit(read(path), change));
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.code, `${path}: ${error.message}`, { cause: error });
    throw new Failure('runner_config_unwritable', `cannot write ${path}: ${describeError(error)}`, { cause: error });
  }
}

/** A runner's settings can be written there, as far as can be known before. @throws as `changeConfigFile` */
export function tryConfigFile(path: string): void {
  try {
    makeDirectory(dirname(path), 0o700);
    const text = read(path);
    // What is no TOML is found before a server has made a runner.
    appendEntry(text, {});
    writeAsOwner(path, text === '' ? 'concurrent = 1\n' : text);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.code, `${path}: ${error.message}`, { cause: error });
    throw new Failure('runner_config_unwritable', `cannot write ${path}: ${describeError(error)}`, { cause: error });
  }
}

function edit(text: string, change: ConfigChange): string {
  if (change.kind === 'append') return appendEntry(text, change.entry);
  if (change.kind === 'remove') return removeEntry(text, change.at);
  return changeEntry(text, change.at, change.keys);
}

function read(path: string): string {
  try {
    return readRegularFile(path).toString();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
