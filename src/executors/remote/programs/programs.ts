import { type Clock, describeError, Failure } from '../../../base/index.ts';
import type { Say } from '../../executor.ts';
import type { ExecStreams, Reach, RemoteContainer } from '../reach.ts';
import type { AskedProgram, ProgramAnswer, RemotePrograms } from '../run-program.ts';
import { askOnce, beginProgram } from './ask-once.ts';
import { type AwayClock, pauseBefore } from './away-clock.ts';
import { NOT_WHOLE, OTHER_CONTAINER } from './bootstrap.ts';
import { createContainers } from './containers.ts';

export interface Programs extends RemotePrograms {
  /** As `RemotePrograms`, and with a patience of its own. */
  ask(request: PatientProgram): Promise<ProgramAnswer>;
  /** As `ask`, in a container that runs: none is started for it. null: none does. */
  askRunning(request: PatientProgram): Promise<ProgramAnswer | null>;
  /** The container, running. @throws as `ask` */
  container(signal?: AbortSignal, say?: Say): Promise<RemoteContainer>;
  /** null: it does not run. @throws Failure `place_lost` */
  running(signal?: AbortSignal): Promise<RemoteContainer | null>;
  /** Something else that is asked of the back end, as patiently. */
  insist<T>(patienceMs: number, attempt: () => Promise<T>): Promise<T>;
  /** From here on nothing is tried a second time. */
  giveUp(): void;
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

const REFUSALS = 5;
const REFUSAL_PAUSE_MS = 50;
const NEVER = new AbortController().signal;

export function createPrograms({ reach, clock, away }: ProgramsOptions): Programs {
  const containers = createContainers(reach, clock, away);
  let isGivenUp = false;
  const persist = createPersistence({ reach, clock, away, isGivenUp: () => isGivenUp });

  return {
    ask: (request) =>
      persist(request, () =>
        containers.within(request.signal, async () => askOnce(reach, await containers.open(), request)),
      ),
    askRunning: (request) =>
      persist(request, () =>
        containers.within(request.signal, async () => {
          const found = await containers.running();
          return found === null ? null : await askOnce(reach, found, request);
        }),
      ),
    async open({ signal = NEVER, ...request }) {
      try {
        const streams = await containers.within(signal, async () =>
          beginProgram(reach, await containers.open(), { ...request, signal }, { refusal: 'reach_cut' }),
        );
        away.answered();
        return { ...streams, code: checkedCode(reach, streams, containers.forget) };
      } catch (error) {
        if (error instanceof Failure && error.code === 'reach_cut') noteFailure(reach, away, error);
        throw error;
      }
    },
    container: (signal = NEVER, say = () => {}) => persist({ signal }, () => containers.open(signal, say)),
    running: (signal = NEVER) => persist({ signal }, containers.running),
    insist: (patienceMs, attempt) => persist({ patienceMs }, attempt),
    giveUp() {
      isGivenUp = true;
    },
  };
}

type Patience = Pick<PatientProgram, 'signal' | 'patienceMs'>;

/** Until it is answered. */
function createPersistence({
  reach,
  clock,
  away,
  isGivenUp,
}: ProgramsOptions & { readonly isGivenUp: () => boolean }): <T>(
  patience: Patience,
  attempt: () => Promise<T>,
) => Promise<T> {
  return async function persist({ signal, patienceMs = Number.POSITIVE_INFINITY }, attempt) {
    const giveUpAt = clock.monotonic() + patienceMs;
    let refusals = 0;
    for (let failures = 1; ; failures += 1) {
      if (signal?.aborted) throw canceled(reach);
      try {
        const result = await attempt();
        away.answered();
        return result;
      } catch (error) {
        if (signal?.aborted) throw canceled(reach);
        if (!(error instanceof Failure)) throw error;
        if (error.code === 'exec_refused' && refusals < REFUSALS) {
          // Where no more processes may be started, there may be room in a moment.
          refusals += 1;
          await clock.sleep(REFUSAL_PAUSE_MS * refusals, signal);
          continue;
        }
        if (error.code !== 'reach_cut') throw error;
        noteFailure(reach, away, error);
        if (clock.monotonic() >= giveUpAt || isGivenUp()) throw error;
      }
      await clock.sleep(pauseBefore(failures), signal);
    }
  };
}

/** @throws Failure `place_lost` */
function noteFailure({ name }: Reach, away: AwayClock, error: Failure): void {
  away.failed();
  if (!away.isLost()) return;
  throw new Failure('place_lost', `${name} has not answered for too long: ${describeError(error)}`, { cause: error });
}

/** That nothing was run is no end of a program. */
function checkedCode({ name }: Reach, streams: ExecStreams, forget: () => void): Promise<number> {
  const checked = streams.code.then((code) => {
    if (code === OTHER_CONTAINER) forget();
    if (code === OTHER_CONTAINER || code === NOT_WHOLE)
      throw new Failure('reach_cut', `${name} has not run it (exit code ${code})`);
    return code;
  });
  checked.catch(() => {});
  return checked;
}

function canceled({ name }: Reach): Failure {
  return new Failure('canceled', `${name} was not waited for: canceled`);
}
