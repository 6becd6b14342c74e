import { closeSync, constants, readSync } from 'node:fs';
import { describeError, errorCode, Failure, openRegularFile } from '../../base/index.ts';
import { MAX_NOTE_BYTES } from '../executor.ts';
import { withDescriptors } from '../processes/spare-descriptors.ts';

/** As `Place.readNote`, of a file on this machine. */
export function readNote(path: string): string | null {
  try {
    const fd = withDescriptors(() => openRegularFile(path, constants.O_RDONLY | constants.O_NOFOLLOW));
    try {
      const bytes = Buffer.alloc(MAX_NOTE_BYTES + 1);
      const count = readSync(fd, bytes, 0, bytes.length, 0);
      if (count > MAX_NOTE_BYTES) throw new Failure('note_unreadable', `it has more than ${MAX_NOTE_BYTES} bytes`);
      return bytes.toString('utf8', 0, count);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (error instanceof Failure || errorCode(error) === undefined) throw error;
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw new Failure('note_unreadable', describeError(error), { cause: error });
  }
}
