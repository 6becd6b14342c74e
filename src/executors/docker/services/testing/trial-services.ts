import { images } from '../../../../../test/support/docker/docker.ts';
import { realClock } from '../../../../base/index.ts';
import { type PayloadService, plainVariable } from '../../../../protocol/index.ts';
import { DEFAULT_DOCKER_SETTINGS, type DockerSettings } from '../../settings.ts';
import { provideNetwork } from '../network.ts';
import { type Services, startServices } from '../services.ts';
import type { TrialJob } from './trial-engine.ts';

export interface TrialServices {
  readonly services?: readonly (Partial<PayloadService> & { readonly env?: Readonly<Record<string, string>> })[];
  readonly settings?: Partial<DockerSettings>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly binds?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Services of a job on its own network; each runs busybox and ends at TERM where it does not say more. Their lines go to `log`. */
export async function trialServices(job: TrialJob, trial: TrialServices, log: string[] = []): Promise<Services> {
  const { engine, name, home } = job;
  const settings = { ...DEFAULT_DOCKER_SETTINGS, ...trial.settings };
  const signal = trial.signal ?? new AbortController().signal;
  const about = { engine, clock: realClock, settings, signal };
  const network = await provideNetwork({ ...about, name, stepsDir: home, labels: job.labels('network') });
  const variables = trial.variables ?? {};
  return startServices({
    ...about,
    network,
    job: { name, labels: job.labels('service'), variables, publicVariables: variables },
    services: (trial.services ?? []).map(trialService),
    binds: trial.binds ?? [],
    // The engine finds an image by its name as well as by its id.
    provide: async ({ image }) => ({ id: image }),
    say: (line) => log.push(line),
  });
}

function trialService({ env = {}, ...given }: NonNullable<TrialServices['services']>[number]): PayloadService {
  return {
    name: images.busybox,
    alias: null,
    entrypoint: null,
    command: null,
    pull_policy: [],
    executor_opts: {},
    variables: Object.entries(env).map(([key, value]) => plainVariable(key, value, { raw: false })),
    ...given,
  };
}

/** A command that ends at once when it is told to. */
export function shell(script: string): readonly string[] {
  return ['sh', '-c', `trap 'exit 0' TERM; ${script}`];
}

/** Runs until it is told to end. */
export const WAIT = 'while :; do sleep 600 & wait $!; done';
