import { closeSync, fchmodSync, openSync, rmSync, writeSync } from 'node:fs';

/**
 * Writes a small file anew into a directory that is mounted into the container, for whatever user the image has. A script may have put a link there, and be root in its container while this
 * process is root here: nothing that is there is written through.
 */
export function writeForJob(path: string, text: string, mode: number): void {
  rmSync(path, { recursive: true, force: true });
  const fd = openSync(path, 'wx', mode);
  try {
    // Not what the umask leaves of it.
    fchmodSync(fd, mode);
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}
