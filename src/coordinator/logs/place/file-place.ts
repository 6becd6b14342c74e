import { constants, type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeError, errorCode, Failure, syncDirectory } from '../../../base/index.ts';
import type { Parts } from '../../parts.ts';
import type { LogPlace } from './log-place.ts';

const READ_BYTES = 256 * 1024;

/** One node: a file a job beside the database. Its length says nothing; what counts is what the database says of it. */
export const filePlace: LogPlace = {
  async put(parts, jobId, at, bytes) {
    const path = logFile(parts, jobId);
    try {
      const file = at === 0 ? await create(path) : await open(path, 'r+');
      try {
        await writeAll(file, bytes, at);
        await file.datasync();
      } finally {
        await file.close();
      }
      if (at === 0) syncDirectory(dirname(path));
    } catch (error) {
      throw logFailure(error, `cannot write ${path}`);
    }
  },

  async note() {},

  async *read(parts, jobId, from, to) {
    // Of an empty log there is no file.
    if (from >= to) return;
    const path = logFile(parts, jobId);
    const file = await open(path, 'r').catch((error: unknown) => {
      throw logFailure(error, `cannot read ${path}`);
    });
    try {
      for (let at = from; at < to; ) {
        const length = Math.min(READ_BYTES, to - at);
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
        if (bytesRead === 0) throw new Failure('store_damaged', `${path} ends at ${at}, and ${to} bytes were noted`);
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
  },

  async remove(parts, jobId) {
    await rm(logFile(parts, jobId), { force: true });
  },
};

/** Where a log grows. Spread over folders, so that none is too long. */
export function logFile({ dataDir }: Pick<Parts, 'dataDir'>, jobId: number): string {
  return join(dataDir, 'logs', (jobId % 256).toString(16).padStart(2, '0'), `${jobId}.log`);
}

async function create(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return await open(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

function logFailure(error: unknown, attempted: string): Failure {
  if (error instanceof Failure) return error;
  const code = errorCode(error);
  const known = code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : code === 'ENOENT' ? 'blob_not_found' : null;
  return new Failure(known ?? 'store_unavailable', `${attempted}: ${describeError(error)}`, { cause: error });
}
