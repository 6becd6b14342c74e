import { join } from 'node:path';
import type { Builds } from './builds/builds.ts';
import type { RunnerEntry } from './config/runner-config.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { Hearing } from './hearing.ts';
import type { JobContext } from './job/job-context.ts';
import type { JobHomes } from './job-homes.ts';
import { JobsInHand } from './jobs-in-hand.ts';
import type { Quarantine } from './quarantine/quarantine.ts';
import type { LiveEntry } from './take/entry-loops.ts';
import type { EntryMetrics, RunnerMetrics } from './watch/runner-metrics.ts';
import { connect } from './wire/coordinator.ts';

/** What all entries of a process share. */
export interface Shared {
  readonly metrics: RunnerMetrics;
  readonly homes: JobHomes;
  readonly builds: Builds;
}

/** What an entry speaks through, and its jobs share. @param entry as the settings have it now */
export function openEntry(
  options: DaemonOptions,
  entry: () => RunnerEntry,
  shared: Shared & { readonly quarantine: Quarantine; readonly hasAdditions?: boolean | null },
): Pick<LiveEntry, 'context' | 'events'> {
  const { directory, executorFor, clock, environment, version, log, systemId, shutdown } = options;
  const { builds, quarantine, hasAdditions = null } = shared;
  const token = (): string => entry().token;
  const url = (): string => entry().url();
  const metrics = shared.metrics.entry({ ...entry(), systemId });
  metrics.quarantinedSince = quarantine.since(entry());
  const onAnswer: EntryMetrics['answered'] = (endpoint, status) => metrics.answered(endpoint, status);
  const context: JobContext = {
    get entry() {
      return entry();
    },
    coordinator: connect({
      ...{ url, token, systemId, version, clock, onAnswer, hasAdditions },
      ...about(entry(), options),
    }),
    metrics,
    jobs: new JobsInHand(),
    executorFor,
    clock,
    environment,
    version,
    get cacheDir() {
      return entry().settings.cacheDir ?? join(directory, 'cache');
    },
    builds,
    get settings() {
      return entry().settings;
    },
    get buildSettings() {
      const { buildsDir, customBuildDir } = entry().settings;
      return { token: token(), buildsDir: buildsDir ?? join(directory, 'builds'), isPathFree: customBuildDir };
    },
    warn: (text, facts) => log('warn', text, { runner: entry().name, ...facts }),
    inform: (text, facts) => log('info', text, { runner: entry().name, ...facts }),
    cleaned: (job, { outcome }) => quarantine.note(entry(), job, outcome),
    leaving: shutdown,
  };
  const { server } = context.coordinator;
  const onRelease = (since: string): void => quarantine.release(entry(), since);
  return { context, events: new Hearing({ server, token, systemId, clock, onRelease }, context) };
}

/** What a connection keeps until its entry is opened anew. */
function about({ labels, settings: { tls, executor, docker } }: RunnerEntry, { config }: DaemonOptions) {
  return { executor, labels, gpus: docker?.gpus ?? '', tls, connectionMaxAgeMs: config.connectionMaxAgeMs };
}
