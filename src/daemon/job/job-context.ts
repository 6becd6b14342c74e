import type { Clock } from '../../base/index.ts';
import type { Executor } from '../../executors/index.ts';
import type { Cleanup } from '../../protocol/index.ts';
import type { JobRecord, RunnerSettings } from '../../runner/index.ts';
import type { BuildSettings, Builds } from '../builds/builds.ts';
import type { RunnerEntry } from '../config/runner-config.ts';
import type { JobsInHand } from '../jobs-in-hand.ts';
import type { LogFacts } from '../watch/runner-log.ts';
import type { EntryMetrics } from '../watch/runner-metrics.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import type { Leaving } from './end/patience.ts';

/** What all jobs of an entry share. */
export interface JobContext {
  readonly entry: Pick<RunnerEntry, 'key' | 'name' | 'url'>;
  readonly coordinator: Coordinator;
  readonly jobs: JobsInHand;
  readonly metrics: EntryMetrics;
  /** As the entry, or a job's journal, says: which executor, on which engine or with which shell (`bash`, `sh` or a path; null: bash, else sh). The same every time. */
  readonly executorFor: (start: Pick<JobRecord, 'shell' | 'settings'>) => Executor;
  readonly clock: Clock;
  /** Environment that every step starts with, and git. */
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
  /** Absolute; one folder a project. */
  readonly cacheDir: string;
  readonly builds: Builds;
  readonly buildSettings: BuildSettings;
  readonly settings: RunnerSettings;
  readonly warn: (text: string, facts?: LogFacts) => void;
  readonly inform: (text: string, facts?: LogFacts) => void;
  /** How the cleanup of a job has ended, as soon as that is known. */
  readonly cleaned: (job: number, cleanup: Cleanup) => void;
  readonly leaving: Leaving;
}
