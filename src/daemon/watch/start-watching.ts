import { type Clock, Failure, onAbort } from '../../base/index.ts';
import type { RunnerConfig } from '../config/runner-config.ts';
import type { Shutdown } from '../shutdown.ts';
import { parseListenAddress } from './listen-address.ts';
import type { RunnerLog } from './runner-log.ts';
import type { RunnerMetrics } from './runner-metrics.ts';
import { ServiceManager, type ServiceSettings } from './systemd/service-manager.ts';
import type { WatchServer } from './watch-server.ts';

export interface Watching {
  /** The settings change, which is what `apply` does. */
  reload(apply: () => void): void;
  close(): Promise<void>;
}

export interface WatchingOptions {
  readonly config: Pick<RunnerConfig, 'concurrent' | 'listenAddress'>;
  readonly clock: Clock;
  readonly version: string;
  readonly log: RunnerLog;
  readonly shutdown: Pick<Shutdown, 'noMoreJobs'>;
  /** Who started this process and wants to hear of it; null: nobody. */
  readonly service: ServiceSettings | null;
}

/**
 * The runner begins to take jobs, and is seen from outside by whoever is to see it.
 * @throws Failure `address_unusable`
 */
export async function startWatching(options: WatchingOptions, metrics: RunnerMetrics): Promise<Watching> {
  const { config, clock, log, shutdown, service } = options;
  const stopping = shutdown.noMoreJobs;
  metrics.concurrent = config.concurrent;
  const server = await startServer(options, metrics);
  metrics.begin();
  onAbort(stopping, () => metrics.stop());
  const warn = (text: string): void => log('warn', text);
  const status = (): string => statusOf(metrics);
  const manager = service === null ? null : new ServiceManager({ ...service, clock, status, stopping, warn });
  manager?.start();
  return {
    reload: (apply) => (manager === null ? apply() : manager.reload(apply)),
    async close() {
      await manager?.end();
      await server?.close();
    },
  };
}

/** Loaded only where it is wanted. */
async function startServer(
  { config: { listenAddress }, clock, version, log }: WatchingOptions,
  metrics: RunnerMetrics,
): Promise<WatchServer | null> {
  if (listenAddress === null) return null;
  const address = parseListenAddress(listenAddress);
  if (address === null) throw new Failure('address_unusable', `cannot listen on '${listenAddress}': write HOST:PORT`);
  const { startWatchServer } = await import('./watch-server.ts');
  const server = await startWatchServer({ address, metrics, clock, version });
  log('info', `shows figures on ${server.url}/metrics`);
  return server;
}

function statusOf({ state, jobs }: RunnerMetrics): string {
  const cleaning = jobs.filter(({ phase }) => phase === 'teardown').length;
  const under = jobs.length === 0 ? 'no job' : jobs.length === 1 ? '1 job' : `${jobs.length} jobs`;
  const of = cleaning === 0 ? '' : `, ${cleaning} of them being torn down`;
  return `${state === 'stopping' ? 'stopping' : 'takes jobs'}: ${under} under way${of}`;
}
