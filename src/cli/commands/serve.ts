import { isIP, isIPv4 } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  createLog,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  prepareDemo,
  prepareLocalRunner,
  type RunningServer,
  startServer,
} from '../../coordinator/index.ts';
import { EXIT, type Host } from '../host.ts';
import { type LocalRunnerProcess, startLocalRunner } from '../local-runner.ts';
import { parseArguments } from '../parse-arguments.ts';
import { addDataFlags, type DataFlags, dataPlaces } from '../settings/data-flags.ts';

interface ServeFlags extends DataFlags {
  readonly listen: Listen;
  readonly externalUrl?: string;
  readonly trustProxy?: string;
  readonly logLevel: LogLevel;
  readonly logFormat?: LogFormat;
  readonly runner: boolean;
  readonly executor?: 'shell' | 'docker';
  readonly dockerImage?: string;
  readonly maxLogSize?: number;
  readonly demo?: boolean;
}

interface Listen {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_LISTEN: Listen = { host: '127.0.0.1', port: 8929 };

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<ServeFlags>(
    'serve',
    (line) =>
      addRunnerFlags(addDataFlags(line))
        .description(
          'Runs the coordinator: git over HTTP, pipelines, the runner API and the REST API, on an embedded database or on PostgreSQL. Logs go to standard error.',
        )
        .addOption(
          new Option('--listen <address>', 'host and port; port 0: one that is free')
            .argParser(parseListen)
            .default(DEFAULT_LISTEN, '127.0.0.1:8929'),
        )
        .addOption(
          new Option(
            '--external-url <url>',
            'the address that users and runners see, when a proxy stands before',
          ).argParser(parseUrl),
        )
        .addOption(
          new Option(
            '--trust-proxy <addresses>',
            'believe X-Forwarded-For of these proxies (addresses or networks, by comma)',
          ).argParser(parseNetworks),
        )
        .option('--demo', 'make the project demo/graceful, with a pipeline that starts at once')
        .addOption(
          new Option(
            '--max-log-size <MiB>',
            'of a log so much is kept, and what comes after is dropped (default: 100)',
          ).argParser(parseMebibytes),
        )
        .addOption(new Option('--log-level <level>', 'what is logged').choices([...LOG_LEVELS]).default('info'))
        .addOption(
          new Option(
            '--log-format <format>',
            'one JSON object a line, or text for people; text on a terminal when left out, else json',
          ).choices([...LOG_FORMATS]),
        ),
    args,
    host,
  );
  return parsed.kind === 'ended' ? parsed.exitCode : serve(parsed.options, host);
}

function addRunnerFlags(line: Command): Command {
  return line
    .option('--no-runner', 'start no runner on this machine')
    .addOption(
      new Option('--executor <name>', 'what runs jobs of the runner on this machine (default: shell)').choices([
        'shell',
        'docker',
      ]),
    )
    .option('--docker-image <image>', 'with --executor docker: of jobs that name none');
}

/**
 * The young generation grows no more: left alone it takes 110 MB once there has been much to do, and keeps it. A job's whole life costs no more time of
 * the processor with it, nor does the compilation of 5,000 jobs (measured: 15.0 against 14.8 ms, turn and turn about).
 */
const YOUNG_STAYS_SMALL = '--semi-space-growth-factor=1';

async function serve(flags: ServeFlags, host: Host): Promise<number> {
  setFlagsFromString(YOUNG_STAYS_SMALL);
  const server = await startServer({
    ...dataPlaces(flags, host),
    pageDir: pageDirOf(host),
    listen: flags.listen,
    base: flags.externalUrl ?? null,
    trustProxy: flags.trustProxy ?? false,
    version: host.version,
    clock: host.clock,
    path: host.env.PATH ?? '',
    ...(flags.maxLogSize === undefined ? {} : { maxLogBytes: flags.maxLogSize * 2 ** 20 }),
    log: createLog((line) => host.stderr.write(line), {
      level: flags.logLevel,
      format: flags.logFormat ?? (host.stderr.isTerminal ? 'text' : 'json'),
    }),
  });
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const stopListening = host.onStopSignal(() => stop());
  const runner = flags.runner ? await startRunner(server, flags, host) : null;
  const demo = flags.demo === true ? await prepareDemo(server.parts) : null;
  greet(server, demo, host);
  await stopped;
  host.stderr.write(
    runner === null
      ? 'epilogue: stopping\n'
      : 'epilogue: stopping: jobs of the local runner are torn down first, cleanup included; stopped again, the server ends at once and leaves that to the runner\n',
  );
  // A second signal ends the process at once, as it does without us: every state of the database is a right one, and the runner is by itself.
  stopListening();
  await runner?.stop();
  await server.stop();
  return EXIT.ok;
}

/** Beside the program where it is built; its sources find what was built of the page too. */
function pageDirOf({ program }: Host): string {
  const home = dirname(program.at(-1) ?? '');
  return basename(home) === 'src' ? join(dirname(home), 'dist', 'web') : join(home, 'web');
}

async function startRunner(
  { address, parts }: RunningServer,
  { executor, dockerImage }: ServeFlags,
  host: Host,
): Promise<LocalRunnerProcess> {
  return startLocalRunner(host, { ...(await prepareLocalRunner(parts, address)), executor, dockerImage });
}

/** @param demo address of the demo's pipeline, where the link leads then */
function greet({ address, signInLink }: RunningServer, demo: string | null, host: Host): void {
  const to = demo === null ? '' : `&to=${new URL(demo).pathname}`;
  if (signInLink !== null) host.stdout.write(`epilogue: open this to sign in as root, once: ${signInLink}${to}\n`);
  host.stdout.write(`epilogue: listening on ${address}\n`);
  if (demo !== null) host.stdout.write(`epilogue: the demo's pipeline: ${demo}\n`);
}

function parseListen(text: string): Listen {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new InvalidArgumentError('Write HOST:PORT, as in 127.0.0.1:8929 or [::]:80.');
  return { host: match[1] ?? match[2] ?? '', port };
}

function parseMebibytes(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Write a number of MiB, from 1.');
  return Number(text);
}

function parseNetworks(text: string): string {
  for (const each of text.split(',')) {
    const [address = '', bits = '0', ...rest] = each.trim().split('/');
    const most = isIPv4(address) ? 32 : 128;
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most || rest.length > 0) {
      throw new InvalidArgumentError('Write addresses or networks, as in 127.0.0.1,10.0.0.0/8.');
    }
  }
  return text;
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError('Write an address without a path, as in https://ci.example.com.');
  }
  return url.origin;
}
