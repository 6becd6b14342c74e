import { Failure, quoteWord } from '../../base/index.ts';
import { MAX_NOTE_BYTES } from '../executor.ts';
import type { Programs } from './programs/programs.ts';

const NONE = 3;
/** It is asked for again in a moment. */
const LONGEST_MS = 5_000;

/** As `Place.readNote`: one try, and null where there is no answer. A pipe would never open. */
export async function readRemoteNote(programs: Pick<Programs, 'askRunning'>, path: string): Promise<string | null> {
  const program = `epilogue_f=${quoteWord(path)}
[ -e "$epilogue_f" ] || [ -L "$epilogue_f" ] || exit ${NONE}
[ -f "$epilogue_f" ] && [ ! -L "$epilogue_f" ] || exit 4
head -c ${MAX_NOTE_BYTES + 1} "$epilogue_f"`;
  const request = { what: 'note', program, as: 'user', patienceMs: 0, timeoutMs: LONGEST_MS } as const;
  const answer = await programs.askRunning(request).catch((error: unknown) => {
    if (error instanceof Failure) return null;
    throw error;
  });
  if (answer === null || answer.code === NONE) return null;
  if (answer.code !== 0) throw new Failure('note_unreadable', 'it is no file');
  if (answer.stdout.length > MAX_NOTE_BYTES)
    throw new Failure('note_unreadable', `it has more than ${MAX_NOTE_BYTES} bytes`);
  return answer.stdout.toString();
}
