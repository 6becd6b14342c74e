import { Failure } from '../../../../base/index.ts';
import { NO_TAR } from '../collect/content-program.ts';
import { isNoSpace } from '../no-space.ts';
import { isCut } from '../retry.ts';
import type { Ended, Talk } from '../talk.ts';
import { NO_DIRECTORY } from './unpack-program.ts';

/** Of a complaint, which may name anything. */
const MOST_WORDS = 400;

/**
 * What has become of an archive that was sent, by what the program says at its end. Where it takes no more, that says why; else the connection is to blame.
 * @param send all that is to be sent
 * @param asked of each directory that was asked about, what was to lie in it
 * @throws Failure `path_refused`, `no_space`, `tool_missing`, `files_not_delivered`, and as `Talk.next`
 */
export async function conclude(talk: Talk, asked: readonly string[], send: () => Promise<void>): Promise<void> {
  let cut: unknown = null;
  try {
    await send();
  } catch (error) {
    if (!isCut(error)) throw error;
    cut = error;
  }
  const ended = await talk.end();
  if (ended.code === 0 && ended.said.endsWith('done\n')) return;
  throw reasonOf(ended, asked) ?? cut ?? new Failure('reach_cut', 'the program has ended in the middle');
}

function reasonOf({ code, said, complaint }: Ended, asked: readonly string[]): Failure | null {
  const out = /^out (\d+)$/m.exec(said)?.[1];
  if (out !== undefined) {
    const text = `${asked[Number(out)] ?? 'a file'} leads out of the project directory through a link`;
    return new Failure('path_refused', text);
  }
  if (code === NO_TAR) return new Failure('tool_missing', 'files cannot be delivered: the image has no `tar`');
  if (code === NO_DIRECTORY)
    return new Failure('files_not_delivered', 'files cannot be delivered: the project directory cannot be entered');
  if (isNoSpace(complaint)) return new Failure('no_space', `files cannot be delivered: no space left there`);
  if (complaint === '') return null;
  return new Failure(
    'files_not_delivered',
    `files cannot be delivered: ${complaint.split('\n')[0]?.slice(0, MOST_WORDS)}`,
  );
}
