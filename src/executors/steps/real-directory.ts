import { closeSync, constants, openSync } from 'node:fs';

/**
 * Does something synchronous in a directory that may be replaced by a link at any moment: a job's container has it mounted, and its root is not this machine's. The path that is
 * given leads to the directory that was found, wherever its name leads meanwhile; what is said of names in it is left to whoever uses them. Where there is no /proc it is the path itself.
 * @throws the system's error: `ENOTDIR` or `ELOOP` for a link
 */
export function inRealDirectory<T>(path: string, use: (path: string) => T): T {
  if (process.platform !== 'linux') return use(path);
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    return use(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}
