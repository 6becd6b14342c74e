import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { describeError, Failure, readRegularFile } from '../../base/index.ts';
import {
  createRunnerLog,
  DEFAULT_RUNNER_CONFIG,
  DEFAULT_RUNNER_ENTRY,
  entryKey,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  type RunnerConfig,
  readServiceSettings,
  runDaemon,
  Shutdown,
} from '../../daemon/index.ts';
import { EXIT, type Host } from '../host.ts';
import { parseArguments } from '../parse-arguments.ts';
import { shellExecutor } from './execution.ts';

interface RunnerFlags {
  readonly url?: string;
  readonly urlFile?: string;
  readonly tokenFile: string;
  readonly directory: string;
  readonly concurrent?: number;
  readonly listenAddress?: string;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

/** `epilogue runner run`; the other words of `runner` are to come. */
export async function command(args: readonly string[], host: Host): Promise<number> {
  const [word, ...rest] = args;
  const isRun = word === 'run';
  const parsed = parseArguments<RunnerFlags>(
    'runner run',
    (line) =>
      line
        .description(
          'Takes jobs from a coordinator and runs them on this machine. The first SIGTERM or Ctrl-C ends it gracefully: it takes no more jobs, and tears down those that run, their cleanup included.',
        )
        .addOption(new Option('--url <url>', 'the address of the coordinator').argParser(parseUrl))
        .addOption(
          new Option('--url-file <file>', 'holds that address, and is read again whenever it is needed').conflicts(
            'url',
          ),
        )
        .requiredOption('--token-file <file>', 'holds the authentication token of the runner')
        .requiredOption('--directory <dir>', 'where journals, builds and caches lie; one runner at a time')
        .addOption(
          new Option(
            '--concurrent <n>',
            'jobs at the same time (default: as many as the machine has cores, at least 4)',
          ).argParser(parseCount),
        )
        .option(
          '--listen-address <address>',
          'shows metrics, jobs and health there: HOST, HOST:PORT or :PORT (port 9252 when left out)',
        )
        .addOption(
          new Option('--log-format <format>', 'words for people, fields, or a JSON object a line')
            .choices([...LOG_FORMATS])
            .default('runner'),
        )
        .addOption(new Option('--log-level <level>', 'what is logged').choices([...LOG_LEVELS]).default('info')),
    isRun ? rest : args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  if (isRun) return run(parsed.options, host);
  host.stderr.write("epilogue: write `epilogue runner run`. 'epilogue runner run --help' lists its options.\n");
  return EXIT.usage;
}

async function run(flags: RunnerFlags, host: Host): Promise<number> {
  const { tokenFile, concurrent = Math.max(FEWEST_JOBS, host.cores) } = flags;
  const directory = resolve(host.cwd, flags.directory);
  const url = addressFrom(flags, host);
  const token = readWord(resolve(host.cwd, tokenFile));
  const shutdown = new Shutdown();
  const stopListening = host.onStopSignal(() => shutdown.tearDown());
  const environment = jobEnvironment(host);
  const config: RunnerConfig = {
    ...DEFAULT_RUNNER_CONFIG,
    concurrent,
    listenAddress: flags.listenAddress ?? null,
    logFormat: flags.logFormat,
    logLevel: flags.logLevel,
    entries: [{ ...DEFAULT_RUNNER_ENTRY, key: entryKey({ url: null, id: null, token }), name: 'runner', url, token }],
  };
  try {
    await runDaemon({
      config,
      systemId: systemId(directory),
      directory,
      executor: shellExecutor(host, { shell: null, environment }),
      clock: host.clock,
      environment,
      version: host.version,
      service: readServiceSettings(host.env, process.pid),
      log: createRunnerLog((line) => host.stderr.write(line), {
        format: config.logFormat,
        level: config.logLevel,
        clock: host.clock,
        secrets: [token],
      }),
      shutdown,
    });
    return EXIT.ok;
  } finally {
    stopListening();
  }
}

/** @throws Failure `no_url`, and what reading the file does */
function addressFrom({ url, urlFile }: RunnerFlags, { cwd }: Host): () => string {
  if (url !== undefined) return () => url;
  if (urlFile === undefined) throw new Failure('no_url', 'say where the coordinator is: --url or --url-file');
  const path = resolve(cwd, urlFile);
  let last = readUrl(path);
  return () => {
    try {
      last = readUrl(path);
    } catch (error) {
      // Somebody is at it right now, or it is no longer there: the coordinator may well be where it was.
      if (!(error instanceof Failure)) throw error;
    }
    return last;
  };
}

function readUrl(path: string): string {
  try {
    return parseUrl(readWord(path));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new Failure('bad_url', `${path} holds no address. ${error.message}`);
  }
}

/** The file's one word. @throws Failure `file_unreadable`, `file_empty` */
function readWord(path: string): string {
  let word: string;
  try {
    word = readRegularFile(path).toString().trim();
  } catch (error) {
    throw new Failure('file_unreadable', `cannot read ${path}: ${describeError(error)}`, { cause: error });
  }
  if (word === '') throw new Failure('file_empty', `${path} is empty`);
  return word;
}

/** Jobs wait more than they compute: one that sleeps should not keep the others from a small machine. */
const FEWEST_JOBS = 4;

/** What jobs see of the environment that the runner was started in: no more than a program needs to find its way. */
const HANDED_ON: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'TZ',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

function jobEnvironment({ env }: Host): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && (HANDED_ON.has(name) || name.startsWith('LC_') || /^(https?|no|all)_proxy$/i.test(name))
        ? [[name, value]]
        : [],
    ),
  );
}

/** The same for every start on this machine in this directory; `s_` as GitLab's runner has it. */
function systemId(directory: string): string {
  return `s_${createHash('sha256').update(`${hostname()} ${directory}`).digest('hex').slice(0, 12)}`;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Write a number of jobs, from 1.');
  return count;
}

function parseUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new InvalidArgumentError('Write an address, as in https://ci.example.com.');
  }
  return text.replace(/\/+$/, '');
}
