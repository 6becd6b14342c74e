import { errorCode, Failure } from '../../../base/index.ts';
import { MAX_NOTE_BYTES } from '../../executor.ts';
import { readNote } from '../../steps/read-note.ts';
import { runInside } from '../container/run-inside.ts';
import type { JobInDocker } from './job-in-docker.ts';

/** Called with a path and a count of bytes. A pipe would never end. */
const READ_SCRIPT = `
[ -e "$1" ] || [ -L "$1" ] || exit 3
[ -f "$1" ] && [ ! -L "$1" ] || exit 4
head -c "$2" "$1"
`;

/** As `Place.readNote`. What is closed to an ordinary user, because the image's user is another one, is read from inside. */
export async function readNoteOf({ means, containerId }: JobInDocker, path: string): Promise<string | null> {
  try {
    return readNote(path);
  } catch (error) {
    if (!(error instanceof Failure) || errorCode(error.cause) !== 'EACCES') throw error;
  }
  const command = ['sh', '-c', READ_SCRIPT, 'epilogue-note', path, String(MAX_NOTE_BYTES + 1)];
  const result = await runInside(means.impatient, containerId, command).catch((error: unknown) => {
    // It is asked for again in a moment.
    if (error instanceof Failure) return null;
    throw error;
  });
  if (result === null || result.code === 3) return null;
  if (result.code !== 0) throw new Failure('note_unreadable', 'it is no file');
  if (Buffer.byteLength(result.stdout) > MAX_NOTE_BYTES)
    throw new Failure('note_unreadable', `it has more than ${MAX_NOTE_BYTES} bytes`);
  return result.stdout;
}
