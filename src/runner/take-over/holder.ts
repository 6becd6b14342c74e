import { join } from 'node:path';
import { errorCode, readRegularFile, writeDurably } from '../../base/index.ts';

/** `holder.json`: who holds the lock of a set of journals. For messages alone: it may be a moment behind, or missing on a full disk. */
export interface Holder {
  readonly pid: number;
  readonly role: 'run' | 'guard' | 'recover' | 'runner' | 'finish';
}

const FILE = 'holder.json';

/** @returns false when there was no room for it, which stops nobody from working. */
export function writeHolder(directory: string, role: Holder['role']): boolean {
  try {
    writeDurably(join(directory, FILE), JSON.stringify({ pid: process.pid, role } satisfies Holder), false);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/** null: nobody wrote it, or nobody can read it. */
export function readHolder(directory: string): Holder | null {
  try {
    const content = JSON.parse(readRegularFile(join(directory, FILE)).toString());
    return Number.isInteger(content?.pid) && typeof content.role === 'string' ? content : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return null;
    throw error;
  }
}

/** The holder died before somebody else could write a name of its own over it. */
export function isDead({ pid }: Holder): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) !== 'EPERM';
  }
}
