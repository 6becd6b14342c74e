import type { Clock } from '../../base/index.ts';
import {
  createEngine,
  type DockerSettings,
  engineAddress,
  findLeftovers,
  type Leftover,
  removeLeftovers,
} from '../../executors/index.ts';
import type { RunnerConfig } from '../config/runner-config.ts';
import { type OwnJobs, whyKept } from './why-kept.ts';

/** Which engine is meant. */
export type EngineName = Pick<DockerSettings, 'host' | 'tlsCertPath' | 'tlsVerify'>;

/** Those that the entries of these settings run jobs on, each once. */
export function enginesOf({ entries }: Pick<RunnerConfig, 'entries'>): readonly EngineName[] {
  const named = entries.flatMap(({ settings: { docker } }) => {
    return docker === null ? [] : [{ host: docker.host, tlsCertPath: docker.tlsCertPath, tlsVerify: docker.tlsVerify }];
  });
  return [...new Map(named.map((engine) => [JSON.stringify(engine), engine])).values()];
}

export interface Sweep {
  readonly engine: EngineName;
  /** Of whose jobs. */
  readonly places: readonly OwnJobs[];
  /** Names of directories that are no more: all that is theirs may go. Left out: none. */
  readonly gone?: readonly string[];
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export interface Judged extends Leftover {
  /** null: it may go. */
  readonly kept: string | null;
}

export interface Swept {
  /** All that is ours there, oldest first. */
  readonly found: readonly Judged[];
  /** Removes what may go; caches only where they are meant, too. @returns how much could not be removed; why was said */
  readonly remove: (options: { readonly caches: boolean; readonly say: (line: string) => void }) => Promise<number>;
}

/** What jobs have left in an engine. An engine that does not answer is not waited for. @throws Failure `engine_unreachable`, `engine_address_unusable`, `canceled` */
export async function sweepEngine({ engine: name, places, gone = [], clock, signal }: Sweep): Promise<Swept> {
  const { host, tlsCertPath: certPath, tlsVerify } = name;
  const address = engineAddress({ host, certPath, tlsVerify, env: {} });
  const engine = createEngine({ address, clock, patienceMs: 0 });
  const all = await findLeftovers(engine, signal === undefined ? {} : { signal });
  const strays = gone.filter((owner) => !places.some((place) => place.owner === owner));
  const isStray = ({ owner }: Leftover): boolean => owner !== null && strays.includes(owner);
  const found = all.map((leftover) => ({ ...leftover, kept: isStray(leftover) ? null : whyKept(leftover, places) }));
  return {
    found,
    async remove({ caches, say }) {
      const left = await removeLeftovers(
        engine,
        found.filter(({ kept }) => kept === null),
        { caches, say },
      );
      return left.length;
    },
  };
}
