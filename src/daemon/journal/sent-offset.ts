import { closeSync, constants, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, openRegularFile, readRegularFile } from '../../base/index.ts';

const FILE = 'wire.sent';
/** Each writing covers the one before. */
const DIGITS = 16;

/** `wire.sent` in a job's home: how many bytes of its log the server has acknowledged. */
export interface SentOffset {
  /** As an earlier process has left it; 0 where nobody can tell: a server says where it wants to go on. */
  readonly initial: number;
  note(bytes: number): void;
  close(): void;
}

/** What cannot be written is no trouble: what is sent twice, the server takes once. */
export function openSentOffset(directory: string): SentOffset {
  const path = join(directory, FILE);
  const initial = read(path);
  let fd: number | null = null;
  return {
    initial,
    note(bytes) {
      tolerate(() => {
        fd ??= openRegularFile(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
        writeSync(fd, `${String(bytes).padStart(DIGITS, '0')}\n`, 0);
      });
    },
    close() {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}

function read(path: string): number {
  const text = tolerate(() => readRegularFile(path).toString()) ?? '';
  return /^\d{16}\n$/.test(text) ? Number(text) : 0;
}

function tolerate<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
