import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { Failure, makeDirectory } from '../../../base/index.ts';
import {
  type ConfigSource,
  changeConfigFile,
  createRunnerLog,
  type DaemonEnd,
  type DaemonOptions,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  loadConfig,
  logProblems,
  type RunnerConfig,
  type RunnerLog,
  readServiceSettings,
  runDaemon,
  type SaveToken,
  Shutdown,
  watchConfig,
} from '../../../daemon/index.ts';
import type { JobRecord } from '../../../runner/index.ts';
import { executorsOf } from '../../execution/executors.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { listenToSignals } from '../../runner-signals.ts';
import { printProblems } from '../print-problems.ts';
import { addEntryFlags, configFromFlags, type EntryFlags, isFromFlags } from './config-from-flags.ts';
import { jobEnvironment } from './job-environment.ts';
import { tokenKeys } from './reset-token.ts';
import { addPlaceFlags, configPath, type PlaceFlags, systemIdBeside, workingDirectory } from './runner-places.ts';

interface RunFlags extends PlaceFlags, EntryFlags {
  readonly listenAddress?: string;
  readonly detachOnShutdown?: boolean;
  readonly guard: boolean;
  readonly finish?: boolean;
  readonly logFormat?: LogFormat;
  readonly logLevel?: LogLevel;
}

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<RunFlags>('runner run', defineFlags, args, host);
  if (parsed.kind === 'ended') return parsed.exitCode;
  const flags = parsed.options;
  const process = { ...flags, guardCommand: guardCommand(args, flags, host) };
  if (isFromFlags(flags)) return runOneEntry(process, host);
  for (const flag of ['concurrent', 'executor', 'dockerImage'] as const) {
    if (flags[flag] === undefined) continue;
    const name = flag.replace('I', '-i');
    host.stderr.write(`epilogue: --${name} goes with --url and --token-file: the settings say it of each entry\n`);
    return EXIT.usage;
  }
  return runFromFile(process, host);
}

function defineFlags(line: Command): Command {
  addPlaceFlags(line)
    .description(
      'Takes jobs from the servers in its settings and runs them on this machine. The first SIGTERM or Ctrl-C ends it gracefully: it takes no more jobs, and tears down those that run, their cleanup included; a second one ends it at once. SIGQUIT lets the jobs run to their end. SIGHUP reads the settings again; they are read by themselves too when the file changes. Exit code 75: jobs are left, which the next runner or the guard goes on with; 2: it could not begin.',
    )
    .option(
      '--listen-address <address>',
      'shows metrics, jobs and health there: HOST, HOST:PORT or :PORT (port 9252 when left out)',
    )
    .addOption(
      new Option('--log-format <format>', 'words for people (runner), fields (text), or a JSON object a line').choices([
        ...LOG_FORMATS,
      ]),
    )
    .addOption(new Option('--log-level <level>', 'what is logged').choices([...LOG_LEVELS]))
    .option('--detach-on-shutdown', 'when stopped, leave scripts running for the next runner in the same directory')
    .option('--no-guard', 'nothing finishes the jobs of this process when it is killed: somebody starts it again')
    .option('--finish', 'only finish what an earlier process has left, and end');
  return addEntryFlags(line);
}

/** What flags say goes before what the file says, each time it is read. */
function withFlags(config: RunnerConfig, flags: RunFlags): RunnerConfig {
  return Object.freeze({
    ...config,
    // Of the next runner, which may come any time.
    listenAddress: flags.finish ? null : (flags.listenAddress ?? config.listenAddress),
    detachOnShutdown: flags.detachOnShutdown ?? config.detachOnShutdown,
    logFormat: flags.logFormat ?? config.logFormat,
    logLevel: flags.logLevel ?? config.logLevel,
  });
}

async function runOneEntry(flags: GuardedFlags, host: Host): Promise<number> {
  const config = withFlags(configFromFlags(flags, host), flags);
  const given = flags.directory ?? flags.workingDirectory;
  if (given === undefined) throw new Failure('no_directory', 'say where the runner works: --directory');
  const directory = resolve(host.cwd, given);
  return await runUntilStopped(flags, host, {
    ...{ config, directory, systemId: systemIdOf(directory), log: logOf(config, host) },
    current: () => config,
    reload: () => {},
    more: { refusalEnds: true },
  });
}

async function runFromFile(flags: GuardedFlags, host: Host): Promise<number> {
  const source: ConfigSource = {
    path: configPath(flags, host),
    directory: workingDirectory(flags, host),
    env: host.env,
  };
  const { config: read, problems, stamp } = loadConfig(source);
  if (read === null) {
    printProblems(problems, host, host.stderr);
    return EXIT.usage;
  }
  const config = withFlags(read, flags);
  makeDirectory(source.directory, 0o700);
  const log = logOf(config, host);
  log('info', `version ${host.version}, with the settings in ${source.path}, works in ${source.directory}`);
  logProblems(problems, log);
  if (config.entries.length === 0) log('warn', `${source.path} has no entry that takes jobs: waiting for one`);
  const systemId = systemIdBeside(source.path, (text) => log('warn', text));
  let apply: (next: RunnerConfig) => void = () => {};
  let current = config;
  const onChange = (next: RunnerConfig): void => {
    current = withFlags(next, flags);
    apply(current);
  };
  const onConfig = (set: typeof apply): void => {
    apply = set;
    // They may have changed while the lock was waited for.
    if (current !== config) apply(current);
  };
  const watch = watchConfig({ source, config: read, stamp, clock: host.clock, log, onChange });
  try {
    return await runUntilStopped(flags, host, {
      ...{ config, directory: source.directory, systemId, log },
      current: () => current,
      reload: () => watch.read(),
      more: { refusalEnds: false, onConfig, saveToken: tokenSaver(source) },
    });
  } finally {
    await watch.end();
  }
}

interface Running extends Pick<DaemonOptions, 'config' | 'directory' | 'systemId' | 'log'> {
  /** As the settings are now. */
  readonly current: () => RunnerConfig;
  readonly reload: () => void;
  readonly more: Pick<DaemonOptions, 'refusalEnds' | 'onConfig' | 'saveToken'>;
}

async function runUntilStopped(
  flags: GuardedFlags,
  host: Host,
  { current, reload, more, ...known }: Running,
): Promise<number> {
  const shutdown = new Shutdown();
  if (flags.finish) shutdown.drain();
  const stopListening = listenToSignals(host, shutdown, wishesOf(flags, current, reload));
  try {
    return exitCodeOf(await runDaemon({ ...meansOf(flags, host, known), ...known, ...more, shutdown }));
  } finally {
    stopListening();
  }
}

type GuardedFlags = RunFlags & { readonly guardCommand: readonly string[] | null };

/** None where somebody starts the runner again: who said so, or systemd, where it has started this very process. */
function guardCommand(args: readonly string[], { guard, finish }: RunFlags, host: Host): readonly string[] | null {
  if (!guard || finish || host.env.SYSTEMD_EXEC_PID === String(process.pid)) return null;
  // The guard itself is nowhere, so that it keeps no directory busy.
  const there = ['/bin/sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', host.cwd];
  return [...there, ...host.program, 'runner', 'run', ...args, '--finish'];
}

function wishesOf({ finish = false }: RunFlags, config: () => RunnerConfig, reload: () => void) {
  // Nothing outlives the first process of a container.
  const mayDetach = process.pid !== 1;
  return { detach: () => mayDetach && config().detachOnShutdown, isFinishing: finish, reload };
}

/** What is left as it was to be left is no failure. */
function exitCodeOf({ left, isDetached }: DaemonEnd): number {
  return left > 0 && !isDetached ? EXIT.leftOver : EXIT.ok;
}

/** In place of the one that the file has for this entry. */
function tokenSaver(source: ConfigSource): SaveToken {
  return ({ url, token }, { token: drawn, tokenObtainedAt, tokenExpiresAt }) => {
    const found = loadConfig(source).outlines.find((each) => each.url === url() && each.token === token);
    if (found === undefined)
      throw new Failure('no_such_entry', `${source.path} has no entry with the token that it replaces`);
    const keys = tokenKeys({ token: drawn, tokenExpiresAt }, tokenObtainedAt);
    changeConfigFile(source.path, { kind: 'change', at: found.at, keys });
  };
}

function meansOf(
  { guardCommand, finish = false }: GuardedFlags,
  host: Host,
  { directory, log }: Pick<Running, 'directory' | 'log'>,
) {
  const { clock, version } = host;
  const environment = jobEnvironment(host);
  const service = readServiceSettings(host.env, process.pid);
  const isFinishing = finish;
  const executorFor = executorsOf(host, directory, (text) => log('warn', text));
  return {
    clock,
    version,
    environment,
    service,
    guardCommand,
    isFinishing,
    executorFor: (start: Pick<JobRecord, 'shell' | 'settings'>) => executorFor({ ...start, environment }),
  };
}

function logOf({ logFormat: format, logLevel: level, entries }: RunnerConfig, { stderr, clock }: Host): RunnerLog {
  const secrets = entries.map(({ token }) => token);
  return createRunnerLog((line) => stderr.write(line), { format, level, clock, secrets });
}

/** The same for every start on this machine in this directory; `s_` as GitLab's runner has it. */
function systemIdOf(directory: string): string {
  return `s_${createHash('sha256').update(`${hostname()} ${directory}`).digest('hex').slice(0, 12)}`;
}
