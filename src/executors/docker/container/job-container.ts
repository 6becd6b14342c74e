import { type Clock, describeError, Failure } from '../../../base/index.ts';
import { parseEnvironment, parseWaiterNote } from '../../containers/waiter-note.ts';
import { WAITING_SCRIPT } from '../../containers/waiting-script.ts';
import { readFrames } from '../engine/demultiplex.ts';
import { type Engine, isRefusal } from '../engine/engine.ts';
import { hasMark, type JobMark } from '../labels.ts';
import type { ContainerFiles } from './container-files.ts';
import { type ContainerPlan, containerSpec } from './container-spec.ts';
import { type ContainerState, inspectContainer } from './inspect-container.ts';
import type { JobContainer, PrivateNotes } from './private-notes.ts';
import { withLock } from './with-lock.ts';

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
  readonly files: ContainerFiles;
  readonly stepsDir: string;
  readonly signal: AbortSignal;
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
async function findContainer({ engine, name, mark, notes, files, signal }: Opening): Promise<ContainerState | null> {
  const noted = notes.container;
  // A script with the engine's socket can have given it another name.
  const found =
    (noted && (await inspectContainer(engine, noted.id, signal))) ?? (await inspectOwn(engine, { name, mark }, signal));
  if (found === null || !found.isRunning || noted?.id !== found.id) return found;
  if (files.inodes().join() === noted.inodes.join()) return found;
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

async function startContainer({ engine, notes, files, signal }: Opening, id: string): Promise<void> {
  files.prepare();
  const noted = notes.container;
  notes.noteContainer({ imageId: noted?.imageId ?? '', id, inodes: files.inodes(), self: null });
  await engine.ask('POST', `/containers/${id}/start`, { signal });
}

async function known(opening: Opening, id: string): Promise<JobContainer> {
  const { notes } = opening;
  const noted = notes.container;
  if (noted?.id === id && noted.self !== null) return noted.self;
  const self = await readNote(opening, id);
  if (noted?.id === id) notes.noteContainer({ ...noted, self });
  return self;
}

async function readNote(opening: Opening, id: string): Promise<JobContainer> {
  const { engine, clock, files, signal } = opening;
  const giveUpAt = clock.monotonic() + NOTE_MS;
  for (let pauseMs = 2; ; pauseMs = Math.min(2 * pauseMs, 200)) {
    const said = await files.read(id, signal);
    const note = parseWaiterNote(said.note);
    if (note !== null) return { id, ...note, environment: parseEnvironment(said.environment) };
    if (signal.aborted) throw new Failure('canceled', 'the container was not waited for: canceled');
    await clock.sleep(pauseMs, signal);
    if (pauseMs < 100) continue;
    const state = await inspectContainer(engine, id, signal);
    if (state?.isRunning && clock.monotonic() < giveUpAt) continue;
    throw await noNote(opening, id, state);
  }
}

async function noNote({ engine, files }: Opening, id: string, state: ContainerState | null): Promise<Failure> {
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
  return new Failure(
    'executor_unavailable',
    `nothing was heard of the container for ${NOTE_MS / 1000} s: ${files.advice(engine.name)}${lines}`,
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
