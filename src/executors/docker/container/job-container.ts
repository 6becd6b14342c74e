import { chmodSync, closeSync, constants, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, describeError, Failure, openRegularFile } from '../../../base/index.ts';
import { parseEnvironment, parseWaiterNote } from '../../containers/waiter-note.ts';
import { WAITING_SCRIPT } from '../../containers/waiting-script.ts';
import { readFrames } from '../engine/demultiplex.ts';
import { type Engine, isRefusal } from '../engine/engine.ts';
import { hasMark, type JobMark } from '../labels.ts';
import { type ContainerPlan, containerSpec } from './container-spec.ts';
import { type ContainerState, inspectContainer } from './inspect-container.ts';
import { type JobContainer, mountedInodes, type PrivateNotes } from './private-notes.ts';
import { withLock } from './with-lock.ts';
import { writeForJob } from './write-for-job.ts';

/** From a container's start to its note: a loaded machine is slow, an entrypoint may do something first. */
const NOTE_MS = 120_000;
const LAST_LINES = 10;
const LINES_READ = 100;
const LONGEST_LOG_BYTES = 16 * 1024;
/** Somebody else may start, stop or remove it in between. */
const TRIES = 6;
/** A removal takes its time, longer each time that we look. */
const AGAIN_MS = 100;

export interface Opening {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly name: string;
  /** A container of this name that is another job's is not touched. */
  readonly mark: JobMark;
  readonly notes: PrivateNotes;
  /** Only where none is there. */
  readonly plan: () => Promise<ContainerPlan>;
  /** Makes the directories that are mounted, where they are gone. */
  readonly makeDirectories: () => void;
  readonly mounted: readonly string[];
  readonly stepsDir: string;
  readonly signal: AbortSignal;
}

/** Where a container says who it is. In `stepsDir`, which is mounted; a step's id has no dot. */
export function noteFiles(stepsDir: string): { readonly noteFile: string; readonly environmentFile: string } {
  return { noteFile: join(stepsDir, '.container.note'), environmentFile: join(stepsDir, '.container.environment') };
}

/**
 * The job's container, running: found, started anew, or made. @throws Failure `executor_unavailable`, `canceled`
 */
export function openContainer(opening: Opening): Promise<JobContainer> {
  return withLock('container', opening, () => openAlone(opening));
}

async function openAlone(opening: Opening): Promise<JobContainer> {
  const { engine, signal } = opening;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      const found = await findContainer(opening);
      if (found?.isRunning && !found.isPaused) return await known(opening, found.id);
      if (found?.isPaused) {
        await engine.ask('POST', `/containers/${found.id}/unpause`, { signal });
        continue;
      }
      const id = found?.id ?? (await createContainer(opening));
      await startContainer(opening, id);
      return await known(opening, id);
    } catch (error) {
      // Somebody has made, started, stopped or removed it meanwhile.
      if (tries === TRIES || !isRefusal(error, 404, 409)) throw unavailable(error);
      await opening.clock.sleep(AGAIN_MS * tries, signal);
    }
  }
  throw new Failure('executor_unavailable', 'the container of the job does not stay up');
}

/** By its name, which anybody can give. null: it is not there. @throws Failure `executor_unavailable`: it is another's */
async function inspectOwn(
  engine: Engine,
  { name, mark }: Pick<Opening, 'name' | 'mark'>,
  signal: AbortSignal,
): Promise<ContainerState | null> {
  const found = await inspectContainer(engine, name, signal);
  if (found === null || hasMark(found.labels, mark)) return found;
  throw new Failure('executor_unavailable', `a container ${name} is there that is not this job's`);
}

/** One whose mounts show directories that are not there any more has to be started anew. */
async function findContainer({ engine, name, mark, notes, mounted, signal }: Opening): Promise<ContainerState | null> {
  const noted = notes.container;
  // A script with the engine's socket can have given it another name.
  const found =
    (noted && (await inspectContainer(engine, noted.id, signal))) ?? (await inspectOwn(engine, { name, mark }, signal));
  if (found === null || !found.isRunning || noted?.id !== found.id) return found;
  if (mountedInodes(mounted).join() === noted.inodes.join()) return found;
  await engine.ask('POST', `/containers/${found.id}/kill`, { signal });
  return { ...found, isRunning: false };
}

async function createContainer({ engine, name, notes, plan, signal }: Opening): Promise<string> {
  const planned = await plan();
  const { Id: id } = (await engine.ask('POST', '/containers/create', {
    query: { name },
    body: containerSpec(planned),
    signal,
  })) as { Id: string };
  notes.noteContainer({ id, imageId: planned.image.id, inodes: [], self: null });
  return id;
}

async function startContainer(opening: Opening, id: string): Promise<void> {
  const { engine, notes, mounted, stepsDir, signal } = opening;
  opening.makeDirectories();
  // For the image's user, whoever that is; the journal around it lets nobody else in.
  chmodSync(stepsDir, 0o711);
  clearNotes(stepsDir);
  const noted = notes.container;
  notes.noteContainer({ imageId: noted?.imageId ?? '', id, inodes: mountedInodes(mounted), self: null });
  await engine.ask('POST', `/containers/${id}/start`, { signal });
}

/** Writable by whatever user the image has. */
function clearNotes(stepsDir: string): void {
  for (const file of Object.values(noteFiles(stepsDir))) writeForJob(file, '', 0o666);
}

async function known(opening: Opening, id: string): Promise<JobContainer> {
  const { notes } = opening;
  const noted = notes.container;
  if (noted?.id === id && noted.self !== null) return noted.self;
  const self = await readNote(opening, id);
  if (noted?.id === id) notes.noteContainer({ ...noted, self });
  return self;
}

async function readNote({ engine, clock, stepsDir, signal }: Opening, id: string): Promise<JobContainer> {
  const { noteFile, environmentFile } = noteFiles(stepsDir);
  const giveUpAt = clock.monotonic() + NOTE_MS;
  for (let pauseMs = 2; ; pauseMs = Math.min(2 * pauseMs, 200)) {
    const note = parseWaiterNote(readText(noteFile));
    if (note !== null) return { id, ...note, environment: parseEnvironment(readText(environmentFile)) };
    if (signal.aborted) throw new Failure('canceled', 'the container was not waited for: canceled');
    await clock.sleep(pauseMs, signal);
    if (pauseMs < 100) continue;
    const state = await inspectContainer(engine, id, signal);
    if (state?.isRunning && clock.monotonic() < giveUpAt) continue;
    throw await noNote(engine, id, state);
  }
}

async function noNote(engine: Engine, id: string, state: ContainerState | null): Promise<Failure> {
  if (state === null) return new Failure('executor_unavailable', 'the container was removed while it started');
  const said = await lastLines(engine, id).catch(() => '');
  const lines = said === '' ? '' : `; it printed:\n${said}`;
  if (!state.isRunning) {
    const advice =
      'an image’s entrypoint has to run its arguments: write `entrypoint: [""]` below `image` to go without it';
    return new Failure(
      'executor_unavailable',
      `the container ended at once, with exit code ${state.exitCode}: ${advice}${lines}`,
    );
  }
  const advice = `the engine at ${engine.name} has to run on this machine and see its files, and an entrypoint has to run its arguments`;
  return new Failure(
    'executor_unavailable',
    `nothing was heard of the container for ${NOTE_MS / 1000} s: ${advice}${lines}`,
  );
}

/** Of what the first process of a container has printed. */
export async function lastLines(engine: Engine, id: string): Promise<string> {
  const stream = await engine.open('GET', `/containers/${id}/logs`, {
    query: { stdout: true, stderr: true, tail: LINES_READ },
  });
  const { stdout, stderr } = await readFrames(stream, LONGEST_LOG_BYTES);
  // An entrypoint that prints its arguments prints our script.
  const own = `${stdout}${stderr}`.replace(WAITING_SCRIPT, ' … ').trim();
  return own.split('\n').slice(-LAST_LINES).join('\n');
}

function unavailable(error: unknown): Failure {
  if (error instanceof Failure && ['executor_unavailable', 'canceled'].includes(error.code)) return error;
  return new Failure('executor_unavailable', `the job's container cannot be had: ${describeError(error)}`, {
    cause: error,
  });
}

/** More than the environment that a kernel lets a program have. */
const LONGEST_NOTE_BYTES = 8 * 1024 * 1024;

/** As the container has written it by now. Through no link: it would show the job what it leads to on this machine. */
function readText(path: string): string {
  const fd = openRegularFile(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, LONGEST_NOTE_BYTES));
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}
