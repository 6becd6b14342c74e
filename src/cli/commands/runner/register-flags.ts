import { type Command, InvalidArgumentError, Option } from 'commander';
import { Failure } from '../../../base/index.ts';
import type { Host } from '../../host.ts';
import { parseUrl } from './config-from-flags.ts';
import { addConfigFlag, type PlaceFlags } from './runner-places.ts';

export interface RegisterFlags extends PlaceFlags {
  readonly url?: string;
  readonly token?: string;
  readonly registrationToken?: string;
  readonly name?: string;
  readonly executor?: string;
  readonly dockerHost?: string;
  readonly dockerImage?: string;
  readonly dockerPrivileged?: boolean;
  readonly dockerVolumes?: readonly string[];
  readonly dockerPullPolicy?: string;
  readonly dockerNetworkMode?: string;
  readonly tagList?: string;
  readonly runUntagged?: boolean;
  readonly locked?: boolean;
  readonly accessLevel?: 'not_protected' | 'ref_protected';
  readonly maximumTimeout?: number;
  readonly paused?: boolean;
  readonly maintenanceNote?: string;
  readonly nonInteractive?: boolean;
  readonly leaveRunner?: boolean;
  readonly templateConfig?: string;
  readonly tlsCaFile?: string;
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
}

/** A flag, and the variable that stands for it: GitLab's names. */
interface Given {
  readonly key: Exclude<keyof RegisterFlags, keyof PlaceFlags>;
  readonly flags: string;
  readonly variable: string;
  readonly help: string;
  /** `before`: what the same flag has given already. */
  readonly parse?: (text: string, before?: unknown) => unknown;
}

const ACCESS_LEVELS = ['not_protected', 'ref_protected'];

const ALL: readonly Given[] = [
  {
    key: 'url',
    flags: '-u, --url <url>',
    variable: 'CI_SERVER_URL',
    help: 'the address of the server',
    parse: parseUrl,
  },
  {
    key: 'token',
    flags: '-t, --token <token>',
    variable: 'CI_SERVER_TOKEN',
    help: 'of a runner that was made at the server (glrt-…)',
  },
  {
    ...{ key: 'registrationToken', flags: '-r, --registration-token <token>', variable: 'REGISTRATION_TOKEN' },
    help: 'of a project or of the server: makes a new runner, the old way',
  },
  {
    key: 'name',
    flags: '--name <name>',
    variable: 'RUNNER_NAME',
    help: 'how the runner is called (default: the name of this machine)',
  },
  {
    key: 'executor',
    flags: '--executor <name>',
    variable: 'RUNNER_EXECUTOR',
    help: 'what runs jobs: shell (default), docker',
  },
  {
    key: 'dockerImage',
    flags: '--docker-image <image>',
    variable: 'DOCKER_IMAGE',
    help: 'of jobs that name none, with --executor docker',
  },
  { key: 'dockerHost', flags: '--docker-host <address>', variable: 'DOCKER_HOST', help: 'of the Docker Engine' },
  {
    key: 'dockerPrivileged',
    flags: '--docker-privileged [yes]',
    variable: 'DOCKER_PRIVILEGED',
    parse: parseTruth,
    help: 'containers may do what root of this machine may',
  },
  {
    ...{ key: 'dockerVolumes', flags: '--docker-volumes <volume>', variable: 'DOCKER_VOLUMES', parse: collect },
    help: '/dir, /from:/to or name:/to; may be repeated (default: /cache)',
  },
  {
    ...{ key: 'dockerPullPolicy', flags: '--docker-pull-policy <policy>', variable: 'DOCKER_PULL_POLICY' },
    help: 'always (default), if-not-present, never',
  },
  {
    ...{ key: 'dockerNetworkMode', flags: '--docker-network-mode <mode>', variable: 'DOCKER_NETWORK_MODE' },
    help: 'a network for containers (default: one for each job)',
  },
  {
    key: 'tagList',
    flags: '--tag-list <tags>',
    variable: 'RUNNER_TAG_LIST',
    help: 'by comma, with --registration-token',
  },
  {
    ...{ key: 'runUntagged', flags: '--run-untagged [yes]', variable: 'REGISTER_RUN_UNTAGGED', parse: parseTruth },
    help: 'takes jobs without tags too (default: where it has no tags itself), with --registration-token',
  },
  {
    key: 'locked',
    flags: '--locked [yes]',
    variable: 'REGISTER_LOCKED',
    parse: parseTruth,
    help: 'for this project only (default: true), with --registration-token',
  },
  {
    ...{ key: 'accessLevel', flags: '--access-level <level>', variable: 'REGISTER_ACCESS_LEVEL', parse: parseAccess },
    help: `${ACCESS_LEVELS.join(' or ')}, with --registration-token`,
  },
  {
    key: 'maximumTimeout',
    flags: '--maximum-timeout <s>',
    variable: 'REGISTER_MAXIMUM_TIMEOUT',
    parse: parseSeconds,
    help: 'of its jobs, with --registration-token',
  },
  {
    key: 'paused',
    flags: '--paused [yes]',
    variable: 'REGISTER_PAUSED',
    parse: parseTruth,
    help: 'takes no jobs at first, with --registration-token',
  },
  {
    key: 'maintenanceNote',
    flags: '--maintenance-note <text>',
    variable: 'REGISTER_MAINTENANCE_NOTE',
    help: 'for its administrators, with --registration-token',
  },
  {
    key: 'tlsCaFile',
    flags: '--tls-ca-file <file>',
    variable: 'CI_SERVER_TLS_CA_FILE',
    help: 'PEM, of the authority that has signed the certificate of the server',
  },
  {
    key: 'tlsCertFile',
    flags: '--tls-cert-file <file>',
    variable: 'CI_SERVER_TLS_CERT_FILE',
    help: 'PEM, for a server that wants a certificate of the runner',
  },
  { key: 'tlsKeyFile', flags: '--tls-key-file <file>', variable: 'CI_SERVER_TLS_KEY_FILE', help: 'PEM, its key' },
  {
    key: 'nonInteractive',
    flags: '-n, --non-interactive [yes]',
    variable: 'REGISTER_NON_INTERACTIVE',
    parse: parseTruth,
    help: 'ask nothing',
  },
  {
    key: 'leaveRunner',
    flags: '--leave-runner [yes]',
    variable: 'REGISTER_LEAVE_RUNNER',
    parse: parseTruth,
    help: 'leave the runner at the server when its settings cannot be written',
  },
  {
    key: 'templateConfig',
    flags: '--template-config <file>',
    variable: 'TEMPLATE_CONFIG_FILE',
    help: 'a file with one [[runners]], whose keys the new entry has too',
  },
];

/** Only the server decides on these where it has made the runner itself. */
const OF_NEW_RUNNERS: ReadonlySet<Given['key']> = new Set([
  ...(['tagList', 'runUntagged', 'locked', 'accessLevel', 'maximumTimeout', 'paused', 'maintenanceNote'] as const),
]);

/** The flags for a runner that is to be made (`--tag-list`, …) that were given. */
export function flagsOfNewRunners(flags: RegisterFlags): readonly string[] {
  const given = ALL.filter(({ key }) => OF_NEW_RUNNERS.has(key) && flags[key] !== undefined);
  return given.map((each) => each.flags.replace(/ .*/, ''));
}

export function addRegisterFlags(line: Command): Command {
  for (const { flags, variable, help, parse } of ALL) {
    const option = new Option(flags, `${help} (or: ${variable})`);
    if (parse !== undefined) option.argParser<unknown>(parse);
    line.addOption(option);
  }
  // GitLab's other word for it.
  line.addOption(new Option('--description <name>').hideHelp());
  return addConfigFlag(line);
}

/** What is not given as a flag comes from the environment. @throws Failure `bad_environment` */
export function withEnvironment(
  flags: RegisterFlags & { readonly description?: string },
  { env }: Host,
): RegisterFlags {
  const given: Record<string, unknown> = { ...flags, name: flags.name ?? flags.description };
  for (const { key, variable, parse } of ALL) {
    const text = env[variable];
    if (given[key] !== undefined || text === undefined || text === '') continue;
    try {
      given[key] = parse === undefined ? text : parse(text);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new Failure('bad_environment', `${variable} is invalid. ${error.message}`);
    }
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function collect(text: string, before: unknown = []): readonly unknown[] {
  return Array.isArray(before) ? [...before, text] : [text];
}

function parseTruth(text: string): boolean {
  if (/^(1|t|true|yes)$/i.test(text)) return true;
  if (/^(0|f|false|no)$/i.test(text)) return false;
  throw new InvalidArgumentError('Write true or false.');
}

function parseAccess(text: string): string {
  if (!ACCESS_LEVELS.includes(text)) throw new InvalidArgumentError(`Write ${ACCESS_LEVELS.join(' or ')}.`);
  return text;
}

function parseSeconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a number of seconds.');
  return Number(text);
}
