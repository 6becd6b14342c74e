import { type Clock, describeError, formatProblem } from '../../base/index.ts';
import { type ConfigSource, loadConfig, stampOf } from './load-config.ts';
import type { RunnerConfig } from './runner-config.ts';

export interface WatchConfigOptions {
  readonly source: ConfigSource;
  /** What `source` said when it was read for the first time, and the stamp of that. */
  readonly config: RunnerConfig;
  readonly stamp: string;
  readonly clock: Clock;
  readonly onChange: (config: RunnerConfig) => void;
  readonly log: (level: 'info' | 'warn', text: string) => void;
}

export interface ConfigWatch {
  /** Reads the file now, changed or not: somebody asks for it. */
  read(): void;
  end(): Promise<void>;
}

const LOOK_EVERY_MS = 3_000;

/**
 * Looks at the file every 3 s and hands on what it says when it has changed. One that cannot be used changes nothing, which is said once a change. Replaced files
 * (an editor's, or ours) are seen too.
 */
export function watchConfig(options: WatchConfigOptions): ConfigWatch {
  const { source, clock, log, onChange } = options;
  const ended = new AbortController();
  let seen = options.stamp;
  let listens = options.config.listenAddress;

  function read(): void {
    seen = stampOf(source.path);
    try {
      const { config, problems } = loadConfig(source);
      for (const problem of problems) log('warn', formatProblem(problem));
      if (config === null) log('warn', `${source.path} cannot be used: this runner goes on with what it had`);
      else take(config);
    } catch (error) {
      log('warn', `${describeError(error)}. This runner goes on with what it had`);
    }
  }

  function take(config: RunnerConfig): void {
    log('info', `${source.path} was read again`);
    if (config.listenAddress !== listens) log('warn', 'listen_address holds from the next start of this runner');
    listens = config.listenAddress;
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
