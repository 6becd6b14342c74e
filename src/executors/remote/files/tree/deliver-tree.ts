import { createPace, describeError, Failure } from '../../../../base/index.ts';
import type { RemoteFilesOptions } from '../remote-files-options.ts';
import { tryAgain } from '../retry.ts';
import { openTalk } from '../talk.ts';
import type { OutgoingEntry, TarWriter } from '../tar/write-tar.ts';
import { writeTracked } from '../tracked.ts';
import { type Turns, takeTurn, turnsOfTrees } from '../turns.ts';
import { sendByExec } from './send-by-exec.ts';
import { sendByReach } from './send-by-reach.ts';
import { treeEntries } from './tree-entries.ts';
import { emptyProgram } from './tree-programs.ts';

/** A large tree takes long to remove, without a word. */
const EMPTYING_MS = 10 * 60_000;
/** When it is emptied after all, nobody waits for that for long. */
const LAST_MS = 60_000;
const NOT_EMPTIED = 'target_unwritable';

/**
 * As `Place.deliverTree`: emptied, then filled by one archive; what was cut is emptied and sent anew. It is unpacked beside where it is to lie and moved there at last, so that what a program
 * still writes that was given up comes to nothing.
 * @throws Failure `source_unreadable`, `git_failed`, `no_space`, `target_unwritable`, `tool_missing`, `canceled`, and as `openTalk`; the project directory is empty then, if it could be emptied
 */
export async function deliverTreeRemote(
  options: RemoteFilesOptions,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const turns = await turnsOfTrees(options, signal);
  const fill = (tar: TarWriter): Promise<readonly OutgoingEntry[]> => writeTree(tar, directory, signal);
  try {
    await tryAgain(options.clock, signal, async (tried) => {
      await empty(options, turns, signal);
      if (tried === 0) await writeTracked(options, directory, signal);
      if (options.archives === null) await sendByExec(options, { fill, turns, signal });
      else await sendByReach(options, options.archives, { fill, turns, signal });
    });
  } catch (error) {
    await emptyAtLast(options, turns, error);
    if (signal.aborted) throw new Failure('canceled', 'sending the sources was canceled', { cause: error });
    throw inWordsOfTrees(error);
  }
}

async function emptyAtLast(options: RemoteFilesOptions, turns: Turns, error: unknown): Promise<void> {
  if (error instanceof Failure && (error.code === NOT_EMPTIED || error.code === 'place_lost')) return;
  await empty(options, turns, AbortSignal.timeout(LAST_MS)).catch(() => {
    // It is a failure already, and the next delivery begins with that, too.
  });
}

async function writeTree(tar: TarWriter, directory: string, signal: AbortSignal): Promise<readonly OutgoingEntry[]> {
  const readOnly: OutgoingEntry[] = [];
  const entries = treeEntries(directory, createPace('sending the sources', signal), readOnly);
  for await (const entry of entries) await add(tar, entry, directory);
  return readOnly.reverse();
}

async function add(tar: TarWriter, entry: OutgoingEntry, directory: string): Promise<void> {
  try {
    await tar.add(entry);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const name = Buffer.from(entry.name, 'latin1').toString();
    throw new Failure('source_unreadable', `cannot send ${directory}/${name}: ${describeError(error)}`, {
      cause: error,
    });
  }
}

/** Whoever is root there empties what the user cannot. @throws Failure `target_unwritable` */
async function empty(options: RemoteFilesOptions, turns: Turns, signal: AbortSignal): Promise<void> {
  let left = '';
  for (const as of ['user', 'root'] as const) {
    const talk = await openTalk(
      { ...options, silenceMs: Math.max(EMPTYING_MS, options.silenceMs ?? 0) },
      {
        what: 'empty',
        program: () => takeTurn(turns, turns.next()) + emptyProgram(options.projectDir, as === 'user' ? 1 : 2),
        as,
        signal,
      },
    );
    try {
      const { code, said, complaint } = await talk.end();
      if (code === 0) return;
      left = said === '' ? complaint : `left: ${said}`;
    } finally {
      talk.close();
    }
  }
  throw new Failure(NOT_EMPTIED, `cannot empty ${options.projectDir}; ${left}`);
}

function inWordsOfTrees(error: unknown): unknown {
  if (!(error instanceof Failure && error.code === 'files_not_delivered')) return error;
  return new Failure('target_unwritable', error.message, { cause: error });
}
