import { type Clock, describeError, Failure } from '../../base/index.ts';
import type { Say } from '../executor.ts';
import { type AwayClock, pauseBefore } from './away-clock.ts';
import { NOT_WHOLE, OTHER_CONTAINER, partAnswer, programText, TELLS_ITS_END, wordsOf } from './bootstrap.ts';
import type { ExecStreams, Reach, RemoteContainer } from './reach.ts';
import { readOutput } from './read-output.ts';
import type { AskedProgram, ProgramAnswer, ProgramRequest, RemotePrograms } from './run-program.ts';

export interface Programs extends RemotePrograms {
  /** As `RemotePrograms`, and with a patience of its own. */
  ask(request: PatientProgram): Promise<ProgramAnswer>;
  /** As `ask`, in a container that runs: none is started for it. null: none does. */
  askRunning(request: PatientProgram): Promise<ProgramAnswer | null>;
  /** The container, running. @throws as `ask` */
  container(signal?: AbortSignal, say?: Say): Promise<RemoteContainer>;
  /** null: it does not run. @throws Failure `place_lost` */
  running(): Promise<RemoteContainer | null>;
}

export interface PatientProgram extends AskedProgram {
  /** How long a place that does not answer is tried, less than the job's own clock has; 0: once. Then the failure of the last try comes out. */
  readonly patienceMs?: number;
}

export interface ProgramsOptions {
  readonly reach: Reach;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly away: AwayClock;
}

const ANSWER_BYTES = 64 * 1024;
const LONGEST_MS = 60_000;
/** Somebody else may stop it over and over. */
const CONTAINERS = 5;
const GONE_PAUSE_MS = 100;
const NEVER = new AbortController().signal;

export function createPrograms({ reach, clock, away }: ProgramsOptions): Programs {
  let opened: Promise<RemoteContainer> | null = null;

  function opening(signal: AbortSignal, say: Say): Promise<RemoteContainer> {
    if (opened !== null) return opened;
    const found = reach.open(signal, say);
    opened = found;
    found.catch(() => {
      if (opened === found) opened = null;
    });
    return found;
  }

  async function findRunning(): Promise<RemoteContainer | null> {
    if (opened !== null) return await opened;
    const { kind } = await reach.state();
    return kind === 'running' || kind === 'leaving' ? await opening(NEVER, () => {}) : null;
  }

  /** Where the container does not run, in the next one: nothing of it was done. */
  async function inContainer<T>(signal: AbortSignal | undefined, attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'container_gone' || tries === CONTAINERS) throw error;
        away.answered();
        opened = null;
        await clock.sleep(GONE_PAUSE_MS * tries, signal);
      }
    }
  }

  /** Until it is answered. */
  async function persist<T>(
    { signal, patienceMs = Number.POSITIVE_INFINITY }: Pick<PatientProgram, 'signal' | 'patienceMs'>,
    attempt: () => Promise<T>,
  ): Promise<T> {
    const giveUpAt = clock.monotonic() + patienceMs;
    for (let failures = 1; ; failures += 1) {
      if (signal?.aborted) throw canceled(reach);
      try {
        const result = await inContainer(signal, attempt);
        away.answered();
        return result;
      } catch (error) {
        if (signal?.aborted) throw canceled(reach);
        if (!(error instanceof Failure) || error.code !== 'reach_cut') throw error;
        fail(error, giveUpAt);
      }
      await clock.sleep(pauseBefore(failures), signal);
    }
  }

  function fail(error: Failure, giveUpAt: number): void {
    away.failed();
    if (away.isLost()) throw lost(reach, error);
    if (clock.monotonic() >= giveUpAt) throw error;
  }

  async function askOnce(container: RemoteContainer, request: AskedProgram): Promise<ProgramAnswer> {
    const { signal, data, timeoutMs = LONGEST_MS, limitBytes = ANSWER_BYTES } = request;
    const own = AbortSignal.timeout(timeoutMs);
    const limit = signal === undefined ? own : AbortSignal.any([own, signal]);
    const streams = await exec(container, request, TELLS_ITS_END, limit).catch((error: unknown) => {
      throw own.aborted ? new Failure('reach_cut', `${reach.name} has not answered in time`, { cause: error }) : error;
    });
    try {
      if (data !== undefined) streams.stdin.write(data);
      const read = [streams.stdout, streams.stderr].map((stream) => readOutput(stream, limitBytes));
      const [stdout = Buffer.alloc(0), stderr = Buffer.alloc(0)] = await Promise.all(read);
      return await answerOf(streams, stdout, stderr.toString());
    } finally {
      streams.close();
    }
  }

  async function answerOf(streams: ExecStreams, stdout: Buffer, stderr: string): Promise<ProgramAnswer> {
    const answer = partAnswer(stdout);
    if (answer?.code === OTHER_CONTAINER) throw gone(reach);
    if (answer !== null) return { ...answer, stderr };
    const code = await streams.code;
    // No shell, or nothing can be started any more. What was killed, or came in parts, is tried again.
    if (code === 126 || code === 127)
      throw new Failure('exec_refused', `nothing can be run in ${reach.name}: ${(stderr || String(stdout)).trim()}`);
    throw new Failure('reach_cut', `${reach.name} broke off (exit code ${code})`);
  }

  async function exec(
    container: RemoteContainer,
    request: ProgramRequest,
    first: string,
    signal: AbortSignal,
  ): Promise<ExecStreams> {
    const streams = await reach.exec(container.id, wordsOf(request), { as: request.as, signal });
    // Whoever does not take it has ended, and its outputs say so.
    streams.stdin.on('error', () => {});
    streams.stdin.write(programText(request, container, first));
    return streams;
  }

  /** That nothing was run is no end of it. */
  function checkedCode(streams: ExecStreams): Promise<number> {
    const checked = streams.code.then((code) => {
      if (code === OTHER_CONTAINER) opened = null;
      if (code === OTHER_CONTAINER || code === NOT_WHOLE)
        throw new Failure('reach_cut', `${reach.name} has not run it (exit code ${code})`);
      return code;
    });
    checked.catch(() => {});
    return checked;
  }

  return {
    ask: (request) => persist(request, async () => askOnce(await opening(NEVER, () => {}), request)),
    askRunning: (request) =>
      persist(request, async () => {
        const found = await findRunning();
        return found === null ? null : await askOnce(found, request);
      }),
    async open(request) {
      try {
        const streams = await inContainer(request.signal, async () =>
          exec(await opening(NEVER, () => {}), request, '', request.signal ?? NEVER),
        );
        away.answered();
        return { ...streams, code: checkedCode(streams) };
      } catch (error) {
        if (error instanceof Failure && error.code === 'reach_cut') fail(error, Number.POSITIVE_INFINITY);
        throw error;
      }
    },
    container: (signal = NEVER, say = () => {}) => persist({ signal }, () => opening(signal, say)),
    running: () => persist({}, findRunning),
  };
}

function lost({ name }: Reach, error: Failure): Failure {
  return new Failure('place_lost', `${name} has not answered for too long: ${describeError(error)}`, { cause: error });
}

function gone({ name }: Reach): Failure {
  return new Failure('container_gone', `the container is not the one that it was: ${name}`);
}

function canceled({ name }: Reach): Failure {
  return new Failure('canceled', `${name} was not waited for: canceled`);
}
