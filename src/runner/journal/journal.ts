import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, Failure, makeDirectory, syncDirectory, writeDurably } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { Move } from './move.ts';
import { advance, NO_PROGRESS, type Progress } from './progress.ts';

/** A job's memory that outlives the runner process: one directory (mode 0700) with the payload and the list of moves. */
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

/** A move without its time. */
export type MoveInput = Move extends infer M ? (M extends Move ? Omit<M, 'at'> : never) : never;

export interface JournalOptions {
  readonly directory: string;
  readonly now: () => number;
}

const PAYLOAD = 'payload.json';
const MOVES = 'moves.jsonl';

/** Begins the journal of a job that was just handed out. @throws Failure `journal_unwritable`: nothing has run, nothing is owed. */
export function createJournal(options: JournalOptions, payload: JobPayload, cookie: string): Journal {
  const durable = owesCleanup(payload);
  attempt(options.directory, () => {
    makeDirectory(join(options.directory, 'steps'), 0o700);
    writeDurably(join(options.directory, PAYLOAD), JSON.stringify(payload), durable);
  });
  const journal = openMoves(options, durable, NO_PROGRESS);
  journal.append({ move: 'accepted', cookie });
  if (durable) syncDirectory(options.directory);
  return journal;
}

/** Opens what an earlier process left. Null when that process died before the job was accepted: then nothing ran. */
export function reopenJournal(options: JournalOptions): { journal: Journal; payload: JobPayload } | null {
  const payload = readPayload(options.directory);
  const moves = readMoves(options.directory);
  if (payload === null || moves.length === 0) return null;
  const journal = openMoves(options, owesCleanup(payload), moves.reduce(advance, NO_PROGRESS));
  return { journal, payload };
}

/** What is known of a job without taking it over; for showing. */
export function readJournal(directory: string): { payload: JobPayload; progress: Progress } | null {
  const payload = readPayload(directory);
  return payload === null ? null : { payload, progress: readMoves(directory).reduce(advance, NO_PROGRESS) };
}

function owesCleanup(payload: JobPayload): boolean {
  return payload.steps.some((step) => step.name === 'after_script' && step.script.length > 0);
}

function openMoves(options: JournalOptions, durable: boolean, initial: Progress): Journal {
  const { directory, now } = options;
  const fd = attempt(directory, () => openSync(join(directory, MOVES), 'a', 0o600));
  let progress = initial;
  let torn = endsTorn(directory);
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

function readPayload(directory: string): JobPayload | null {
  try {
    return JSON.parse(readFileSync(join(directory, PAYLOAD), 'utf8')) as JobPayload;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function readMoves(directory: string): Move[] {
  return movesText(directory)
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as Move];
      } catch {
        return []; // Torn by a crash in the middle of the write: what it announced did not happen.
      }
    });
}

function endsTorn(directory: string): boolean {
  const text = movesText(directory);
  return text !== '' && !text.endsWith('\n');
}

function movesText(directory: string): string {
  try {
    return readFileSync(join(directory, MOVES), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function attempt<T>(directory: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('journal_unwritable', `cannot write the journal in ${directory} (${errorCode(cause)})`, {
      cause,
    });
  }
}
