import { type Clock, Failure } from '../../base/index.ts';
import type { Cause, JobPayload } from '../../protocol/index.ts';
import type { Control, JobPorts, RunnerSettings } from '../../runner/index.ts';
import type { Build } from '../builds/build.ts';
import { obey } from '../obey.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import type { JobVerdict } from '../wire/job-verdict.ts';
import type { Acceptance } from './acceptance.ts';
import { artifactPorts } from './bring/artifact-ports.ts';
import { cachePort } from './bring/cache-port.ts';
import { openSources } from './bring/sources.ts';
import { cleanupOnWire } from './end/report-job.ts';
import type { JobState, Pulse } from './pulse.ts';
import type { LogShipment } from './ship-log.ts';

export interface PortsOptions {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly cacheDir: string;
  /** For git. */
  readonly environment: Readonly<Record<string, string>>;
  readonly warn: (text: string) => void;
  readonly payload: JobPayload;
  /** The job's own; sources and archives of earlier jobs are brought here first. */
  readonly directory: string;
  readonly control: Control;
  readonly log: LogShipment;
  readonly pulse: Pulse;
  readonly acceptance: Acceptance;
  readonly build: Build;
  readonly settings: RunnerSettings;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** The runner's view of a coordinator. */
export function wirePorts(options: PortsOptions): JobPorts {
  const { coordinator, clock, cacheDir, payload, control, log, pulse, acceptance, warn } = options;
  const bringSources = openSources(options);
  let cause: Cause | null = null;
  return {
    cacheDir,
    ...cachePort(options),
    async askToStart(signal) {
      if ((await acceptance.wait(signal)) === 'refused') return 'refused';
      // A plain server has said all that it knows to say.
      if (coordinator.hasAdditions() === false) return 'accepted';
      const verdict = await persist(clock, signal, () =>
        coordinator.updateJob(payload, { state: 'running', phase: 'script' }, signal),
      );
      obey(verdict, control);
      return verdict.kind === 'go_on' ? 'accepted' : 'refused';
    },
    async getSources(place, signal, say) {
      if ((await acceptance.wait(signal)) === 'refused') throw new Failure('not_accepted', 'the job is not ours');
      await bringSources(place, signal, say);
    },
    ...artifactPorts(options),
    phase(change) {
      if (change.phase === 'preparing') acceptance.begin();
      cause = change.cause;
      // The coordinator hears of the script's beginning when it is asked whether it may begin.
      if (change.phase === 'teardown') pulse.tell(teardownOnWire(cause));
    },
    extended: (extension) => pulse.tell(teardownOnWire(extension.cause, extension.extraMs)),
    cleaned: (cleanup) => pulse.tell({ cleanup: cleanupOnWire(cleanup) }),
    logGrew: (sizeBytes) => acceptance.whenAccepted(() => log.grew(sizeBytes)),
    trouble: (message) => warn(`job ${payload.id}: ${message}`),
  };
}

/** How a job stands whose script is over. @param extraMs what its cleanup has got beyond its budget, in all */
export function teardownOnWire(cause: Cause | null, extraMs = 0): JobState {
  const more = extraMs > 0 ? { extended_by: Math.round(extraMs / 1000) } : {};
  return { phase: 'teardown', teardown: { cause, ...more } };
}

/** Again until there is an answer; whoever waits gives up by the signal. */
async function persist(clock: Clock, signal: AbortSignal, action: () => Promise<JobVerdict>): Promise<JobVerdict> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      const verdict = await action();
      if (verdict.kind !== 'later') return verdict;
    } catch (error) {
      const isPassing = error instanceof Failure && error.code === 'coordinator_unreachable';
      if (!isPassing || signal.aborted) throw error;
    }
    if (signal.aborted) throw new Failure('canceled', 'nobody waits for the coordinator any more');
    await clock.sleep(pauseMs, signal);
  }
}
