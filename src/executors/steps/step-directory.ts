import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { errorCode, invariant, isNoFile, makeDirectory, openRegularFile, readRegularFile } from '../../base/index.ts';
import { withDescriptors } from '../processes/spare-descriptors.ts';

// All calls are synchronous: each touches a few bytes of a local directory in about 10 µs, a tenth of what a trip through
// the thread pool costs, and `look` is the most frequent call of a running job.

/** The process that watches over a step, as it wrote itself down. */
export interface WrapperId {
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/<pid>/stat; null on a system without /proc. */
  readonly startedAt: number | null;
  /** null on a system without /proc. */
  readonly boot: string | null;
}

/** Longest pid (7) + start time (20) + boot id (36) + separators. */
export const PID_ROOM = 72;
/** Code (3), uptime (16), separators. Blank as long as the step runs; see `readExit`. */
export const EXIT_ROOM = 21;

/**
 * Makes the directory and the files that a wrapper needs. May be called again, also by another process at the same time.
 * A system error is passed on; what had been begun is taken back then.
 */
export function writeStepFiles(stepDir: string, script: string, durable: boolean): void {
  makeDirectory(stepDir, 0o700);
  reserve(join(stepDir, 'pid'), PID_ROOM);
  reserve(join(stepDir, 'exit'), EXIT_ROOM);
  // Appears whole or not at all: another starter's wrapper may run it at any moment.
  const unfinished = join(stepDir, `script.${randomBytes(6).toString('hex')}`);
  try {
    writeWhole(unfinished, script, durable);
    renameSync(unfinished, join(stepDir, 'script'));
    rmSync(join(stepDir, ROOM), { force: true });
  } catch (error) {
    rmSync(unfinished, { force: true });
    if (!writeIntoRoom(stepDir, script)) throw error;
  }
}

/** What the script may turn out longer, in bytes. */
const SPARE = 4096;

/** Everything a wrapper needs is there afterwards, but for the content of `script`. Throws the system's own error. */
export function reserveStep(stepDir: string, script: string): void {
  makeDirectory(stepDir, 0o700);
  reserve(join(stepDir, 'pid'), PID_ROOM);
  reserve(join(stepDir, 'exit'), EXIT_ROOM);
  reserve(join(stepDir, ROOM), Buffer.byteLength(script) + SPARE);
}

const ROOM = 'room';

/** For a disk without a free byte or inode: the script takes the place that was reserved for it. False: there is none. */
function writeIntoRoom(stepDir: string, script: string): boolean {
  const bytes = Buffer.from(script);
  const room = join(stepDir, ROOM);
  try {
    const fd = openRegularFile(room, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      if (fstatSync(fd).size < bytes.length) return false;
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, done);
      ftruncateSync(fd, bytes.length);
    } finally {
      closeSync(fd);
    }
    renameSync(room, join(stepDir, 'script'));
    return true;
  } catch {
    return false;
  }
}

/** Takes room on the disk for a line that must be writable later, even if the disk is full by then. */
function reserve(path: string, size: number): void {
  try {
    writeWhole(path, ' '.repeat(size), false);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    rmSync(path, { force: true });
    throw error;
  }
}

function writeWhole(path: string, text: string, durable: boolean): void {
  const fd = withDescriptors(() => openSync(path, 'wx', 0o600));
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    if (durable) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Whose the step is. Settled once and for good: the file is created exclusively, by a wrapper or by `forbidStep`. */
export function readClaim(stepDir: string): 'none' | 'wrapper' | 'forbidden' {
  const claim = lstatSync(join(stepDir, 'claim'), { throwIfNoEntry: false });
  if (claim === undefined) return 'none';
  return claim.isSymbolicLink() ? 'forbidden' : 'wrapper';
}

/** A step that a wrapper has claimed: its script has run, runs, or is about to. */
export interface ClaimedStep {
  readonly id: string;
  /** UTC ms. */
  readonly claimedAt: number;
}

/** The claimed steps of a job, oldest first; none where there is no such directory. */
export function claimedSteps(stepsDir: string): readonly ClaimedStep[] {
  return listDirectories(stepsDir)
    .filter((id) => /^[\w-]+$/.test(id))
    .flatMap((id) => {
      const claim = lstatSync(join(stepsDir, id, 'claim'), { throwIfNoEntry: false });
      return claim === undefined || claim.isSymbolicLink() ? [] : [{ id, claimedAt: claim.mtimeMs }];
    })
    .sort((a, b) => a.claimedAt - b.claimedAt);
}

/** What a step prints is not masked yet: nobody else reads it. Its wrapper makes it with the script's umask. */
export function hideLog(stepDir: string): void {
  const log = join(stepDir, 'log');
  try {
    // A script can remove it, or put something else there, and loses what it prints.
    if (lstatSync(log, { throwIfNoEntry: false })?.isFile()) chmodSync(log, 0o600);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Names of the directories in a directory that may not be there. */
export function listDirectories(path: string): readonly string[] {
  try {
    const entries = withDescriptors(() => readdirSync(path, { withFileTypes: true }));
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Code of the failure to start a step that was forbidden. */
export const STEP_FORBIDDEN = 'step_forbidden';
/** Code of the failure to start a step whose wrapper has claimed it and could not begin its script: nothing ever runs in that place. */
export const STEP_USED_UP = 'step_used_up';

/** Takes the claim that a wrapper would need. As a link, whose few bytes lie in its inode: that works on a full disk. */
export function forbidStep(stepDir: string): void {
  makeDirectory(stepDir, 0o700);
  try {
    symlinkSync('forbidden', join(stepDir, 'claim'));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** The script's own process is there: from now on signals reach it. Throws EACCES for a directory that the script has closed already. */
export function hasBegun(stepDir: string): boolean {
  return lstatSync(join(stepDir, 'log'), { throwIfNoEntry: false }) !== undefined;
}

/** How a step ended, as its wrapper wrote it down. */
export interface StepExit {
  readonly code: number;
  /** How long the machine had been up, which no change of the clock moves; null on a system without /proc. */
  readonly uptimeSeconds: number | null;
}

/** null as long as the step has not ended. */
export function readExit(stepDir: string): StepExit | null {
  const line = /^(\d{3}) (\d+\.\d+|-)\n/.exec(readText(join(stepDir, 'exit')));
  if (line === null) return null;
  return { code: Number(line[1]), uptimeSeconds: line[2] === '-' ? null : Number(line[2]) };
}

/** null until the wrapper has written itself down. */
export function readWrapper(stepDir: string): WrapperId | null {
  const line = /^(\d+) (\d+|-) ([\w-]+)\n/.exec(readText(join(stepDir, 'pid')));
  if (line === null) return null;
  const [, pid, startedAt, boot] = line;
  invariant(pid !== undefined, 'the pattern has three groups');
  return {
    pid: Number(pid),
    startedAt: startedAt === '-' ? null : Number(startedAt),
    boot: boot === '-' ? null : (boot ?? null),
  };
}

/** Of what a wrapper writes. */
const LONGEST_BYTES = 4096;

function readText(path: string): string {
  try {
    return withDescriptors(() => readRegularFile(path, LONGEST_BYTES).toString());
  } catch (error) {
    // Gone, or a script has put a directory or a pipe there: then nothing is written down.
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '') || isNoFile(error)) return '';
    throw error;
  }
}
