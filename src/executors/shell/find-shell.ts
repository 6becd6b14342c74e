import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { Failure } from '../../base/index.ts';

const STANDARD_DIRECTORIES = ['/bin', '/usr/bin', '/usr/local/bin'];

export interface ShellSearch {
  /** Name or absolute path; without it bash is taken, else sh. */
  readonly shell?: string;
  /** Directories searched before the standard ones, separated as in PATH. */
  readonly searchPath?: string;
}

/**
 * `isNeeded`: a job that has run here has to be stopped, shell or not. A shell that is not there then fails the next start.
 * @throws Failure `executor_unavailable` that names what was looked for.
 */
export function findShell({ shell, searchPath = '' }: ShellSearch, isNeeded = false): string {
  const directories = [...searchPath.split(delimiter).filter(isAbsolute), ...STANDARD_DIRECTORIES];
  const names = shell === undefined ? ['bash', 'sh'] : [shell];
  for (const name of names) {
    const found = (isAbsolute(name) ? [name] : directories.map((dir) => join(dir, name))).find(isExecutable);
    if (found !== undefined) return found;
  }
  const [first = 'bash'] = names;
  if (isNeeded) return isAbsolute(first) ? first : join('/bin', first);
  const places = names.every((name) => isAbsolute(name)) ? '' : ` in ${directories.join(', ')}`;
  throw new Failure('executor_unavailable', `no shell found: looked for ${names.join(' and ')}${places}`);
}

/** Runs the step wrapper: the system's sh, because it starts twice as fast as bash. */
export function findWrapperShell(shell: string): string {
  return isExecutable('/bin/sh') ? '/bin/sh' : shell;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
