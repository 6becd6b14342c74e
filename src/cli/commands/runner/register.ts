import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { Failure } from '../../../base/index.ts';
import {
  changeConfigFile,
  loadConfig,
  openRunnerServer,
  type RunnerServer,
  readTemplate,
  tryConfigFile,
} from '../../../daemon/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { printProblems } from '../print-problems.ts';
import { parseUrl } from './config-from-flags.ts';
import { dockerKeysFrom, EXECUTORS } from './register-docker.ts';
import { addRegisterFlags, flagsOfNewRunners, type RegisterFlags, withEnvironment } from './register-flags.ts';
import { tlsFiles, tlsKeysFrom } from './register-tls.ts';
import { tokenKeys } from './reset-token.ts';
import { configPath, systemIdBeside } from './runner-places.ts';

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<RegisterFlags>(
    'runner register',
    (line) =>
      addRegisterFlags(line).description(
        'Makes this machine a runner of a server, and writes that into its settings. What is missing is asked for in a terminal. Then `epilogue runner run` takes jobs.',
      ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  return register(withEnvironment(parsed.options, host), host);
}

/** Who is to be registered where. */
interface Wish {
  readonly url: string;
  readonly token: string;
  /** It belongs to no runner: one is to be made with it. */
  readonly isRegistration: boolean;
  readonly name: string;
}

interface Runner {
  readonly id: number;
  readonly token: string;
  readonly tokenExpiresAt: number | null;
}

async function register(flags: RegisterFlags, host: Host): Promise<number> {
  const { executor = 'shell' } = flags;
  if (!EXECUTORS.includes(executor)) {
    throw new Failure('no_such_executor', `there is no executor '${executor}' yet: write --executor shell or docker`);
  }
  const path = configPath(flags, host);
  const template = flags.templateConfig === undefined ? {} : readTemplate(resolve(host.cwd, flags.templateConfig));
  const wish = await askForMissing(flags, host);
  const dockerKeys = await dockerKeysFrom(flags, template, asker(flags, host));
  // What would keep it from being written is found before a server makes a runner.
  tryConfigFile(path);
  refuseTwin(path, wish, host);
  sayWhatIsNotUsed(flags, wish, host);
  const systemId = systemIdBeside(path, (text) => host.stderr.write(`epilogue: ${text}\n`));
  const tlsKeys = tlsKeysFrom(flags, host);
  const tls = tlsFiles({ ...template, ...tlsKeys }, wish.url, path);
  const server = openRunnerServer({ url: wish.url, executor, tls, systemId, version: host.version });
  let isStopped = false;
  const stopListening = host.onStopSignal(() => {
    isStopped = true;
  });
  try {
    const runner = wish.isRegistration ? await make(server, wish, flags) : await verify(server, wish);
    try {
      if (isStopped) throw new Failure('stopped', 'stopped before the settings were written');
      const { id } = runner;
      const entry = {
        name: wish.name,
        url: wish.url,
        ...(id === 0 ? {} : { id }),
        ...tokenKeys(runner, host.clock.now()),
        executor,
        ...tlsKeys,
        ...dockerKeys,
      };
      changeConfigFile(path, { kind: 'append', entry: { ...template, ...defined(entry) } });
    } catch (error) {
      await undo(server, runner, { isLeft: flags.leaveRunner === true, host });
      throw error;
    }
    host.stdout.write(
      `${wish.name} is a runner of ${wish.url}${runner.id === 0 ? '' : `, number ${runner.id}`}. Written to ${path}\n`,
    );
    host.stdout.write('Start it with `epilogue runner run`; one that runs already begins with it within seconds.\n');
    return EXIT.ok;
  } finally {
    stopListening();
  }
}

/** Nothing is the answer where nobody is there. */
function asker({ nonInteractive }: RegisterFlags, host: Host): (question: string) => Promise<string> {
  return async (question) => (nonInteractive === true ? '' : ((await host.ask(question)) ?? '').trim());
}

/** @throws Failure `no_url`, `no_token` */
async function askForMissing(flags: RegisterFlags, host: Host): Promise<Wish> {
  const ask = asker(flags, host);
  const url = flags.url ?? (await ask('The address of the server, such as https://ci.example.com: '));
  if (url === '') throw new Failure('no_url', 'say where the server is: --url, or CI_SERVER_URL');
  const address = readAddress(url);
  const given =
    flags.token ?? flags.registrationToken ?? (await ask('The token of the runner (glrt-…), made at the server: '));
  const token = given.trim();
  if (token === '')
    throw new Failure(
      'no_token',
      'say who the runner is: --token with a glrt- token that the server has made, or --registration-token',
    );
  const isRegistration =
    flags.token === undefined && flags.registrationToken !== undefined && !token.startsWith('glrt-');
  return { url: address, token, isRegistration, name: flags.name ?? hostname() };
}

/** What was typed. @throws Failure `bad_url` */
function readAddress(text: string): string {
  try {
    return parseUrl(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new Failure('bad_url', `'${text}' is no address. ${error.message}`);
  }
}

/** @throws Failure `runner_known`, `runner_config_broken`: no runner could work with these settings, whatever is added; and as `loadConfig` */
function refuseTwin(path: string, { url, token }: Wish, host: Host): void {
  const { config, outlines, problems } = loadConfig({ path, directory: '/', env: host.env });
  if (config === null) {
    printProblems(problems, host, host.stderr);
    throw new Failure('runner_config_broken', `nothing is added to ${path}: mend it first`);
  }
  const twin = outlines.find((each) => each.url === url && each.token === token);
  if (twin !== undefined) throw new Failure('runner_known', `this runner is in ${path} already: '${twin.name}'`);
}

async function verify(server: RunnerServer, { url, token }: Wish): Promise<Runner> {
  const answer = await server.verify(token);
  if (answer.kind === 'unknown') {
    throw new Failure(
      'runner_refused',
      `${url} does not know this token. Make a runner there, and use the glrt- token that it shows; with a registration token write --registration-token`,
    );
  }
  if (answer.kind === 'unclear') throw new Failure('no_answer', `${url} cannot be asked: ${answer.why}`);
  if (answer.id === 0 && token.startsWith('glrt-')) {
    throw new Failure('no_answer', `${url} did not say which runner this is: is it the address of a CI server?`);
  }
  return { id: answer.id, token, tokenExpiresAt: answer.tokenExpiresAt };
}

async function make(server: RunnerServer, { url, token, name }: Wish, flags: RegisterFlags): Promise<Runner> {
  const tags = (flags.tagList ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const answer = await server.register({
    ...{ token, description: name, tags },
    runUntagged: flags.runUntagged ?? tags.length === 0,
    locked: flags.locked ?? true,
    paused: flags.paused ?? false,
    ...(flags.accessLevel === undefined ? {} : { accessLevel: flags.accessLevel }),
    ...(flags.maximumTimeout === undefined ? {} : { maximumTimeoutS: flags.maximumTimeout }),
    ...(flags.maintenanceNote === undefined ? {} : { maintenanceNote: flags.maintenanceNote }),
  });
  if (answer.kind === 'refused') throw new Failure('runner_refused', `${url} makes no runner: ${answer.why}`);
  return answer;
}

async function undo(
  server: RunnerServer,
  { token }: Runner,
  { isLeft, host }: { readonly isLeft: boolean; readonly host: Host },
): Promise<void> {
  if (isLeft) return;
  const answer = await server.unregister(token);
  const words =
    answer.kind === 'unclear'
      ? `could not be taken out at the server again: ${answer.why}`
      : 'was taken out at the server again';
  host.stderr.write(`epilogue: the runner ${words}\n`);
}

function sayWhatIsNotUsed(flags: RegisterFlags, { isRegistration }: Wish, host: Host): void {
  const unused = isRegistration ? [] : flagsOfNewRunners(flags);
  if (unused.length === 0) return;
  const has = unused.length === 1 ? 'has' : 'have';
  host.stderr.write(
    `epilogue: warning: ${unused.join(', ')} ${has} no effect on a runner that the server has made: set that there\n`,
  );
}

function defined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
