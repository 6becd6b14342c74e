import { parse, TomlError } from 'smol-toml';
import { hasErrors, type Problem } from '../../base/index.ts';
import { parseListenAddress } from '../watch/listen-address.ts';
import { type EntryContext, type EntryOutline, type EntryReading, readEntry } from './read-entry.ts';
import { positive } from './read-settings.ts';
import {
  DEFAULT_RUNNER_CONFIG as DEFAULTS,
  LOG_FORMATS,
  LOG_LEVELS,
  type RunnerConfig,
  type RunnerEntry,
} from './runner-config.ts';
import { type Complaints, type Table, TableReader } from './table-reader.ts';

export interface ConfigReading {
  /** Null: there are errors among the problems. */
  readonly config: RunnerConfig | null;
  /** Every `[[runners]]`, those that take no jobs included. Also where there are errors, as far as they could be read. */
  readonly outlines: readonly EntryOutline[];
  /** Errors and warnings, each with the path of its key. */
  readonly problems: readonly Problem[];
}

export interface ReadOptions extends EntryContext {
  /** What problems name. */
  readonly file: string;
}

/** What a `config.toml`, in GitLab's format, says. */
export function readConfig(text: string, options: ReadOptions): ConfigReading {
  const problems: Problem[] = [];
  const table = parseToml(text, { file: options.file, problems });
  if (table === null) return { config: null, outlines: [], problems };
  const root = new TableReader(table, '', { file: options.file, problems });
  const whole = readProcess(root);
  const readings = root.tables('runners').map((each, at) => readEntry(each, at, options));
  refuseTwins(readings, root);
  readSessionServer(root.table('session_server'));
  root.ignore('sentry_dsn', 'has no effect: errors are told in the log only');
  root.ignore('experimental', 'has no effect');
  root.close();
  const entries = readings.map(({ entry }) => entry).filter((each): each is RunnerEntry => each !== null);
  const config = hasErrors(problems) ? null : Object.freeze({ ...whole, entries: Object.freeze(entries) });
  return { config, outlines: readings.map(({ outline }) => outline), problems };
}

function parseToml(text: string, { file, problems }: Complaints): Table | null {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The parser's own message goes on with a drawing of the line, which may hold a token.
    const [message = 'is not TOML'] = error.message.split('\n');
    const { line, column } = error;
    problems.push({ code: 'runner-config', severity: 'error', file, line, column, message });
    return null;
  }
}

function readProcess(root: TableReader): Omit<RunnerConfig, 'entries'> {
  const concurrent = root.count('concurrent', 1);
  const seconds = (key: string): number | null => {
    const given = root.count(key, -Infinity);
    return given === null || given <= 0 ? null : given * 1000;
  };
  return {
    concurrent: concurrent ?? DEFAULTS.concurrent,
    checkIntervalMs: seconds('check_interval') ?? DEFAULTS.checkIntervalMs,
    shutdownTimeoutMs: seconds('shutdown_timeout') ?? DEFAULTS.shutdownTimeoutMs,
    detachOnShutdown: root.flag('detach_on_shutdown') ?? DEFAULTS.detachOnShutdown,
    listenAddress: readListenAddress(root),
    connectionMaxAgeMs: positive(root.durationMs('connection_max_age'), DEFAULTS.connectionMaxAgeMs),
    logLevel: readLogLevel(root),
    logFormat: root.choice('log_format', LOG_FORMATS) ?? DEFAULTS.logFormat,
  };
}

/** GitLab's runner writes one into each file that does nothing for it either: nobody is told where it listens. */
function readSessionServer(table: TableReader | null): void {
  for (const key of ['listen_address', 'advertise_address'])
    table?.ignore(key, 'has no effect: terminals in jobs are not offered');
  table?.count('session_timeout', -Infinity);
  table?.close();
}

function readLogLevel(root: TableReader): RunnerConfig['logLevel'] {
  const level = root.choice('log_level', [...LOG_LEVELS, 'warning']) ?? DEFAULTS.logLevel;
  return level === 'warning' ? 'warn' : level;
}

function readListenAddress(root: TableReader): string | null {
  const given = root.word('listen_address');
  if (given === null || parseListenAddress(given) !== null) return given;
  root.refuse('listen_address', 'must be written as HOST:PORT, as in "127.0.0.1:9252"');
  return null;
}

/** One token cannot be asked for jobs by two loops: each would hear half of what is said. */
function refuseTwins(readings: readonly EntryReading[], root: TableReader): void {
  const first = new Map<string, number>();
  for (const { outline } of readings) {
    const { at, url, token } = outline;
    if (url === '' || token === '') continue;
    const who = `${url} ${token}`;
    const before = first.get(who);
    if (before === undefined) first.set(who, at);
    else
      root.refuse(
        `runners[${at}]`,
        `has the url and the token of runners[${before}]: leave one of them out, or register it anew`,
      );
  }
}
