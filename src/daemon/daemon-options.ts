import type { RunnerConfig } from './config/runner-config.ts';
import type { JobContext } from './job/job-context.ts';
import type { SaveToken } from './register/rotate-tokens.ts';
import type { Shutdown } from './shutdown.ts';
import type { RunnerLog } from './watch/runner-log.ts';
import type { ServiceSettings } from './watch/systemd/service-manager.ts';

export interface DaemonOptions extends Pick<JobContext, 'executorFor' | 'clock' | 'environment' | 'version'> {
  readonly config: RunnerConfig;
  /** Tells this process from others under the same token. */
  readonly systemId: string;
  /** Absolute; journals, builds and caches. Of one process at a time. */
  readonly directory: string;
  readonly log: RunnerLog;
  readonly shutdown: Shutdown;
  /** Who started this process and wants to hear of it; null: nobody. */
  readonly service: ServiceSettings | null;
  /** A token that is nobody's at the first request ends the process: it was started for this entry alone. */
  readonly refusalEnds: boolean;
  /** Where a token that was drawn for an entry is written down; left out: none is drawn. */
  readonly saveToken?: SaveToken;
  /** It only finishes what an earlier process has left, and gives way to one that does more. */
  readonly isFinishing: boolean;
  /** The command line that finishes what this process leaves when it dies; null: somebody else sees to that. */
  readonly guardCommand: readonly string[] | null;
  /** Given what to call when the settings have changed. */
  readonly onConfig?: (apply: (config: RunnerConfig) => void) => void;
}
