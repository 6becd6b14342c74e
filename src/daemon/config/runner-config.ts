import { DEFAULT_RUNNER_SETTINGS, type RunnerSettings } from '../../runner/index.ts';

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
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** How long an idle connection to a server is kept. */
  readonly connectionMaxAgeMs: number;
  readonly entries: readonly RunnerEntry[];
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal', 'panic'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
/** `runner`: words for people; `json`: an object a line. */
export const LOG_FORMATS = ['runner', 'text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** One `[[runners]]`: a runner at one server. */
export interface RunnerEntry {
  /** Tells it from other entries, also after the file or the token has changed: of url and id, else of url and token; no secret in it. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  /** Of the server, without a slash at its end. Asked for at each request: the server may move. */
  readonly url: () => string;
  /** The number that the server knows it by; null: the file does not say. */
  readonly id: number | null;
  /** The runner's authentication token. */
  readonly token: string;
  /** When the token was drawn, and when it ends: ms since 1970; null: nobody has said. */
  readonly tokenObtainedAt: number | null;
  readonly tokenExpiresAt: number | null;
  /** Jobs at the same time; 0: as many as `concurrent` says. */
  readonly limit: number;
  /** Requests for work under way at the same time, at most. */
  readonly requestConcurrency: number;
  /** Not asked again at once after a job. */
  readonly strictCheckInterval: boolean;
  /** So many 403 in a row, and it is not asked for so long. */
  readonly unhealthyRequestsLimit: number;
  readonly unhealthyIntervalMs: number;
  /** Said with each request, as `info.labels`. */
  readonly labels: Readonly<Record<string, string>>;
  /** So many bad cleanups in a row, and it takes no more jobs; 0: never. */
  readonly quarantineAfter: number;
  /** What each of its jobs begins with. */
  readonly settings: RunnerSettings;
}

/** Of a process that is told nothing. */
export const DEFAULT_RUNNER_CONFIG: Omit<RunnerConfig, 'entries'> = Object.freeze({
  concurrent: 1,
  checkIntervalMs: 3_000,
  shutdownTimeoutMs: 15 * 60_000,
  detachOnShutdown: false,
  listenAddress: null,
  logLevel: 'info',
  logFormat: 'runner',
  connectionMaxAgeMs: 15 * 60_000,
});

/** Of an entry that says no more than where and who it is. */
export const DEFAULT_RUNNER_ENTRY: Omit<RunnerEntry, 'key' | 'name' | 'url' | 'token'> = Object.freeze({
  id: null,
  tokenObtainedAt: null,
  tokenExpiresAt: null,
  limit: 0,
  requestConcurrency: 1,
  strictCheckInterval: false,
  unhealthyRequestsLimit: 3,
  unhealthyIntervalMs: 60 * 60_000,
  labels: {},
  quarantineAfter: 3,
  settings: DEFAULT_RUNNER_SETTINGS,
});
