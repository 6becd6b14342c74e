import { execFileSync } from 'node:child_process';
import type * as FileSystem from 'node:fs';
import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';

/** What a script may put in the place of a file of ours, by name. Each makes it where nothing is. */
export const ODD_FILES: Readonly<Record<string, (path: string) => void>> = {
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a directory': (path) => mkdirSync(path),
  'a link to a device': (path) => symlinkSync('/dev/null', path),
  'a link to itself': (path) => symlinkSync(path, path),
  'a link to a pipe': (path) => {
    execFileSync('mkfifo', [`${path}.pipe`]);
    symlinkSync(`${path}.pipe`, path);
  },
};

/** Puts something in the place of what is there. */
export function replace(path: string, make: (path: string) => void): void {
  rmSync(path, { recursive: true, force: true });
  make(path);
}

/** Done one after the other, each right before an open of a path: what was looked at before may be something else by then. */
export const beforeOpen = new Map<string, (() => void)[]>();

type Path = Parameters<typeof FileSystem.openSync>[0];

/** Where an open would have waited for ever. */
export const waits: string[] = [];

/**
 * Node's file system, for `vi.mock('node:fs', …)`, where an open that would wait for ever, at a pipe, throws instead and is written down (`waits`),
 * and where somebody acts between a look and an open (`beforeOpen`). The real one would hold up the whole test.
 */
export function watchfulFileSystem(fs: typeof FileSystem): typeof FileSystem {
  const meet = (path: Path, flags: unknown): void => {
    beforeOpen.get(named(String(path)))?.shift()?.();
    const isPatient = typeof flags !== 'number' || (flags & fs.constants.O_NONBLOCK) === 0;
    if (!isPatient || !leadsToPipe(fs, path)) return;
    waits.push(String(path));
    throw new Error(`to open ${path} would take for ever`);
  };
  const openSync: typeof fs.openSync = (path, flags, mode) => {
    meet(path, flags);
    return fs.openSync(path, flags, mode);
  };
  const readFileSync = (path: Path, ...rest: readonly unknown[]): unknown => {
    meet(path, 'r');
    return Reflect.apply(fs.readFileSync, fs, [path, ...rest]);
  };
  const writeFileSync = (path: Path, ...rest: readonly unknown[]): void => {
    meet(path, 'w');
    Reflect.apply(fs.writeFileSync, fs, [path, ...rest]);
  };
  return {
    ...fs,
    openSync,
    readFileSync: readFileSync as typeof fs.readFileSync,
    writeFileSync: writeFileSync as typeof fs.writeFileSync,
  };
}

function leadsToPipe(fs: typeof FileSystem, path: Path): boolean {
  try {
    return fs.statSync(path).isFIFO();
  } catch {
    return false;
  }
}

/** A file that is opened below a directory's descriptor, by its own path. */
function named(path: string): string {
  const [, directory, name] = /^(\/proc\/self\/fd\/\d+)\/([^/]+)$/.exec(path) ?? [];
  return directory === undefined || name === undefined ? path : `${readlinkSync(directory)}/${name}`;
}
