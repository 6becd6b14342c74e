import { closeSync, constants, fdatasyncSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, Failure, makeDirectory, openRegularFile, setAside, syncDirectory } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { type JobRecord, writeJobRecord } from './job-record.ts';
import type { Move } from './move.ts';
import { advance, initialProgress, type Progress } from './progress.ts';
import { MOVES, movesText, readJournal, STEPS } from './read-journal.ts';

/** A job's memory that outlives the runner process: one directory (mode 0700) with what it began with and the list of moves. */
export interface Journal {
  readonly directory: string;
  readonly progress: Progress;
  /**
   * Appends a move. Durable (fsynced) when it returns if the job owes a cleanup; a job without after_script has nothing to lose
   * in a power cut, since its processes are gone too, and a killed runner loses no page cache.
   * @throws Failure `journal_unwritable` (no space, disk gone); the move does not count then.
   */
  append(move: MoveInput): void;
  /** Takes note of a move in memory alone: for a teardown that must go on although the journal cannot be written. */
  assume(move: MoveInput): void;
  close(): void;
}

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;

/** A move without its time. */
export type MoveInput = Move extends infer M ? (M extends Move ? Omit<M, 'at'> : never) : never;

export interface JournalOptions {
  readonly directory: string;
  readonly now: () => number;
  /** As `Clock.sinceBoot`; left out: when the job was accepted is told by the wall clock alone. */
  readonly sinceBoot?: () => number;
}

/** Begins the journal of a job that was just handed out. @throws Failure `journal_unwritable`: nothing has run, nothing is owed. */
export function createJournal(options: JournalOptions, record: JobRecord): Journal {
  const durable = owesCleanup(record.payload);
  attempt(options.directory, () => {
    makeDirectory(join(options.directory, STEPS), 0o700);
    writeJobRecord(options.directory, record, durable);
  });
  const journal = openMoves(options, durable, initialProgress(record));
  try {
    const { sinceBoot } = options;
    journal.append({ move: 'accepted', ...(sinceBoot && { bootMs: sinceBoot() }) });
    if (record.payload.teardown_only) openWithCleanup(journal, record.payload);
    if (durable) for (const path of [options.directory, dirname(options.directory)]) syncDirectory(path);
  } catch (error) {
    journal.close();
    throw error;
  }
  return journal;
}

/**
 * The script ran, and died, on a runner that is gone: of this job only the teardown is left, and its cleanup is owed. It is told why the script is over; not of
 * a success, since what that would save lies where the runner was.
 */
function openWithCleanup(journal: Journal, { teardown }: JobPayload): void {
  const cause = teardown === undefined || teardown.cause === 'succeeded' ? 'runner_lost' : teardown.cause;
  const verdict = {
    cause,
    isCancel: cause === 'canceled' || cause === 'superseded',
    by: teardown?.requested_by ?? 'coordinator',
    exitCode: cause === 'failed' ? (teardown?.exit_code ?? null) : null,
    reason: null,
    message: null,
  } as const;
  journal.append({ move: 'obligation_opened' });
  journal.append({ move: 'teardown_begun', ...verdict });
}

/**
 * Opens what an earlier process left. Null when that process died before the job was accepted: then nothing ran.
 * @throws Failure `journal_unusable`: what the job owes stays on the books until somebody can read them.
 */
export function reopenJournal(options: JournalOptions): { journal: Journal; record: JobRecord } | null {
  const reading = readJournal(options.directory);
  if (reading.kind === 'none') return null;
  if (reading.kind === 'unusable') {
    throw new Failure('journal_unusable', `the journal in ${options.directory} cannot be used: ${reading.why}`);
  }
  const { record, progress } = reading;
  return { journal: openMoves(options, owesCleanup(record.payload), progress), record };
}

/** Once a user command has run. */
export function owesCleanup(payload: JobPayload): boolean {
  return payload.steps.some((step) => step.name === 'after_script' && step.script.length > 0);
}

function openMoves(options: JournalOptions, durable: boolean, initial: Progress): Journal {
  const { directory, now } = options;
  let torn = endsTorn(directory);
  const fd = attempt(directory, () => {
    setAside(join(directory, MOVES));
    return openRegularFile(join(directory, MOVES), APPEND, 0o600);
  });
  let progress = initial;
  return {
    directory,
    get progress() {
      return progress;
    },
    assume(input) {
      progress = advance(progress, { at: now(), ...input } as Move);
    },
    append(input) {
      const move = { at: now(), ...input } as Move;
      attempt(directory, () => {
        // A line cut short by a crash or a full disk is closed first, so that it spoils only itself.
        const line = Buffer.from(`${torn ? '\n' : ''}${JSON.stringify(move)}\n`);
        torn = true;
        if (writeSync(fd, line) === line.length) torn = false;
        else throw new Failure('journal_unwritable', `no space left for the journal in ${directory}`);
        if (durable) fdatasyncSync(fd);
      });
      progress = advance(progress, move);
    },
    close: () => closeSync(fd),
  };
}

function endsTorn(directory: string): boolean {
  const text = movesText(directory) ?? '';
  return text !== '' && !text.endsWith('\n');
}

function attempt<T>(directory: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    // A bug of ours is no trouble with the disk; Node's own errors have a code too, but only the system's have a number.
    if (cause instanceof Failure || !(cause instanceof Error && 'errno' in cause)) throw cause;
    throw new Failure('journal_unwritable', `cannot write the journal in ${directory} (${errorCode(cause)})`, {
      cause,
    });
  }
}
