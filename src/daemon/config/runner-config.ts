/** All that a runner process is told, from `config.toml` or from flags: one frozen value, replaced as a whole when the file changes. */
export interface RunnerConfig {
  /** Jobs at the same time, over all entries. */
  readonly concurrent: number;
  /** Between two requests of one entry to a server that holds none. */
  readonly checkIntervalMs: number;
  /** How long a teardown of all jobs may take once the process is told to stop; what is left stays in the journals. */
  readonly shutdownTimeoutMs: number;
  /** At SIGTERM scripts are left running, for the next process. */
  readonly detachOnShutdown: boolean;
  /** `host:port` of metrics and health; null: none. */
  readonly listenAddress: string | null;
  readonly entries: readonly RunnerEntry[];
}

/** One `[[runners]]`: a runner at one server. */
export interface RunnerEntry {
  /** For people; also what a job in the journal is found by, after the file has changed. */
  readonly name: string;
  /** Of the server, without a slash at its end. Asked for at each request: the server may move. */
  readonly url: () => string;
  /** The runner's authentication token. */
  readonly token: string;
  /** Jobs at the same time; 0: as many as `concurrent` says. */
  readonly limit: number;
  /** Requests for work under way at the same time, at most. */
  readonly requestConcurrency: number;
}
