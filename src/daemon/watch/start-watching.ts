import { type Clock, Failure } from '../../base/index.ts';
import type { RunnerConfig } from '../config/runner-config.ts';
import type { Shutdown } from '../shutdown.ts';
import { parseListenAddress } from './listen-address.ts';
import type { RunnerLog } from './runner-log.ts';
import type { RunnerMetrics } from './runner-metrics.ts';
import type { WatchServer } from './watch-server.ts';

export type { WatchServer } from './watch-server.ts';

export interface WatchingOptions {
  readonly config: Pick<RunnerConfig, 'concurrent' | 'listenAddress'>;
  readonly clock: Clock;
  readonly version: string;
  readonly log: RunnerLog;
  readonly shutdown: Pick<Shutdown, 'noMoreJobs'>;
}

/**
 * The runner begins to take jobs, and is seen from outside, if it is to be. The server of that is loaded only then.
 * @throws Failure `address_unusable`
 */
export async function startWatching(
  { config, clock, version, log, shutdown }: WatchingOptions,
  metrics: RunnerMetrics,
): Promise<WatchServer | null> {
  const { concurrent, listenAddress } = config;
  metrics.concurrent = concurrent;
  shutdown.noMoreJobs.addEventListener('abort', () => metrics.stop(), { once: true });
  metrics.begin();
  if (listenAddress === null) return null;
  const address = parseListenAddress(listenAddress);
  if (address === null) throw new Failure('address_unusable', `cannot listen on '${listenAddress}': write HOST:PORT`);
  const { startWatchServer } = await import('./watch-server.ts');
  const server = await startWatchServer({ address, metrics, clock, version });
  log('info', `shows figures on ${server.url}/metrics`);
  return server;
}
