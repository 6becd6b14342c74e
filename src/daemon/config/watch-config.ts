import { type Clock, describeError, formatProblem, type Problem } from '../../base/index.ts';
import { type ConfigSource, loadConfig, stampOf } from './load-config.ts';
import type { RunnerConfig } from './runner-config.ts';

export interface WatchConfigOptions {
  readonly source: ConfigSource;
  /** What `source` said when it was read for the first time, and the stamp of that. */
  readonly config: RunnerConfig;
  readonly stamp: string;
  readonly clock: Clock;
  readonly onChange: (config: RunnerConfig) => void;
  readonly log: ConfigLog;
}

export type ConfigLog = (level: 'info' | 'warn' | 'error', text: string) => void;

export interface ConfigWatch {
  /** Reads the file now, changed or not: somebody asks for it. */
  read(): void;
  end(): Promise<void>;
}

const LOOK_EVERY_MS = 3_000;

/** What a change of holds for the next process only. */
const FROM_NEXT_START = {
  listenAddress: 'listen_address',
  connectionMaxAgeMs: 'connection_max_age',
  logLevel: 'log_level',
  logFormat: 'log_format',
} as const;

/** What is wrong with settings, in a runner's log. */
export function logProblems(problems: readonly Problem[], log: ConfigLog): void {
  for (const problem of problems) {
    const { severity, ...rest } = problem;
    // The log says itself how bad it is.
    log(
      severity === 'warning' ? 'warn' : 'error',
      formatProblem({ ...rest, severity: 'error' }).replace(/\n\s*/g, ' '),
    );
  }
}

/**
 * Looks at the file every 3 s and hands on what it says when it has changed. One that cannot be used changes nothing, which is said once a change. Replaced files
 * (an editor's, or ours) are seen too.
 */
export function watchConfig(options: WatchConfigOptions): ConfigWatch {
  const { source, clock, log, onChange } = options;
  const ended = new AbortController();
  let seen = options.stamp;
  let before = options.config;

  function read(): void {
    seen = stampOf(source.path);
    try {
      const { config, problems } = loadConfig(source);
      logProblems(problems, log);
      if (config === null) log('warn', `${source.path} cannot be used: this runner goes on with what it had`);
      else take(config);
    } catch (error) {
      log('warn', `${describeError(error)}. This runner goes on with what it had`);
    }
  }

  function take(config: RunnerConfig): void {
    log('info', `${source.path} was read again`);
    for (const [key, name] of Object.entries(FROM_NEXT_START) as [keyof typeof FROM_NEXT_START, string][]) {
      if (config[key] === before[key] || config[key] === options.config[key]) continue;
      log('warn', `${name} holds from the next start of this runner`);
    }
    before = config;
    onChange(config);
  }

  async function look(): Promise<void> {
    while (!ended.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, ended.signal);
      if (!ended.signal.aborted && stampOf(source.path) !== seen) read();
    }
  }

  const looking = look();
  return {
    read,
    async end() {
      ended.abort();
      await looking;
    },
  };
}
