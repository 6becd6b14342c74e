import { type Clock, Failure } from '../../base/index.ts';
import type { Cause, JobPayload } from '../../protocol/index.ts';
import type { Control, JobPorts, RunnerSettings } from '../../runner/index.ts';
import type { Build } from '../builds/build.ts';
import { obey } from '../obey.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import type { Acceptance } from './acceptance.ts';
import { artifactPorts } from './bring/artifact-ports.ts';
import { cachePort } from './bring/cache-port.ts';
import { openSources } from './bring/sources.ts';
import { untilAnswered } from './bring/until-answered.ts';
import { cleanupOnWire } from './end/report-job.ts';
import type { JobState, Pulse } from './pulse.ts';
import type { LogShipment } from './ship-log.ts';

export interface PortsOptions {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly cacheDir: string;
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

/** The runner's view of a coordinator. */
export function wirePorts(options: PortsOptions): JobPorts {
  const { coordinator, clock, cacheDir, payload, control, log, pulse, acceptance, warn } = options;
  const bringSources = openSources(options);
  return {
    cacheDir,
    ...cachePort(options),
    async askToStart(signal) {
      if ((await acceptance.wait(signal)) === 'refused') return 'refused';
      // A plain server has said all that it knows to say.
      if (coordinator.hasAdditions() === false) return 'accepted';
      const verdict = await untilAnswered(clock, signal, async () => {
        const answer = await coordinator.updateJob(payload, { state: 'running', phase: 'script' }, signal);
        if (answer.kind === 'later') throw new Failure('coordinator_unreachable', 'the server cannot say now');
        return answer;
      });
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
      // The coordinator hears of the script's beginning when it is asked whether it may begin.
      if (change.phase === 'teardown') pulse.tell(teardownOnWire(change.cause));
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
