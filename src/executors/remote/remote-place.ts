import { describeError, errorCode, Failure } from '../../base/index.ts';
import type { Place } from '../executor.ts';
import { temporaryDirOf } from '../files/project-dir.ts';
import type { JobInRemote } from './job-in-remote.ts';
import { readRemoteNote } from './read-remote-note.ts';
import { remoteNestedRuns } from './remote-nested-runs.ts';
import { createRemoteTree } from './remote-tree.ts';

/** For the end of what was killed to be written down. */
const END_MS = 2_000;
/** For a place that is away while it is to be cleaned. */
const KILL_MS = 60_000;

export function createRemotePlace(remote: JobInRemote): Place {
  const { job, reach, clock, programs, steps } = remote;
  const temporaryDir = temporaryDirOf(job);
  const tree = createRemoteTree(remote);
  const files = remote.files();
  const readNote = onceAtATime((name) => readRemoteNote(programs, `${temporaryDir}/${name}`));

  /** What cannot be reached in time goes with its container. */
  async function endAll(): Promise<void> {
    const over = new AbortController();
    const late = clock.sleep(KILL_MS, over.signal).then(() => {
      if (!over.signal.aborted) programs.giveUp();
    });
    const killing = (async () => {
      await nested.disownNestedRuns();
      await tree.signal('KILL');
      await steps.finished(END_MS);
    })();
    await killing.catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
    });
    over.abort();
    await late;
  }

  const nested = remoteNestedRuns(programs, reach.stateDir);
  return {
    get shell() {
      return remote.hasBash ? 'bash' : 'sh';
    },
    projectDir: job.projectDir,
    host: { dir: null, environment: remote.host.environment },
    temporaryDir,
    start: (step) => explain(`start ${step.id}`, () => steps.start(step)),
    clear: (stepId) => explain(`clear the place of ${stepId}`, () => steps.clear(stepId)),
    reserve: (step) => explain(`make room for ${step.id}`, () => steps.reserve(step)),
    forbid: (stepId) => explain(`forbid ${stepId}`, async () => void (await steps.forbid(stepId))),
    look: (stepId) => explain(`look at ${stepId}`, () => steps.get(stepId).look()),
    readLog: (stepId, offset, into) =>
      explain(`read the log of ${stepId}`, () => steps.get(stepId).readLog(offset, into)),
    readNote: (name) => explain(`read ${name}`, () => readNote(name)),
    cutLog: (stepId, sizeBytes) => explain(`cut the log of ${stepId}`, () => steps.get(stepId).cutLog(sizeBytes)),
    changed: (stepId, maxMs, signal) => explain(`watch ${stepId}`, () => steps.get(stepId).changed(maxMs, signal)),
    signal: (kind) => explain('signal the processes of the job', () => tree.signal(kind)),
    untilDead: (maxMs, signal) => explain('watch the processes', () => tree.untilDead(maxMs, signal)),
    ...nested,
    ...files,
    async clean(keepFiles = false) {
      await explain('end what the job left', endAll);
      await steps.close();
      await explain('remove what the job left', () => remote.remove(keepFiles));
    },
  };
}

/** Who asks for a note that is being read gets that reading's answer: a job can make it hang. */
function onceAtATime(read: (name: string) => Promise<string | null>): typeof read {
  const readings = new Map<string, Promise<string | null>>();
  return (name) => {
    const reading = readings.get(name) ?? read(name).finally(() => readings.delete(name));
    readings.set(name, reading);
    return reading;
  };
}

/** Trouble of the system comes out as a Failure that says what was attempted; everything else that is thrown is a bug. */
async function explain<T>(attempt: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Failure || errorCode(error) === undefined) throw error;
    throw new Failure('executor_failed', `cannot ${attempt}: ${describeError(error)}`, { cause: error });
  }
}
