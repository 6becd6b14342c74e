import { closeSync, fdatasyncSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a whole file (mode 0600) so that it is there completely or not at all; `durable`: also after a power cut. */
export function writeDurably(path: string, text: string, durable: boolean): void {
  const draft = `${path}.tmp`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    if (durable) fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
  if (durable) syncDirectory(dirname(path));
}

/** Makes new names in a directory survive a power cut. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
