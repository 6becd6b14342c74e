import { suggest } from '../../base/index.ts';
import { createTokenAtMachine, createUserAtMachine, setPasswordAtMachine, withStore } from '../../coordinator/index.ts';
import { EXIT, type Host } from '../host.ts';
import { parseArguments } from '../parse-arguments.ts';
import { addDataFlags, type DataFlags, dataPlaces } from '../settings/data-flags.ts';
import { backup, check, obligations } from './admin/data-commands.ts';

type AdminCommand = (args: readonly string[], host: Host) => Promise<number>;

interface Entry {
  readonly summary: string;
  readonly run: AdminCommand;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  'token create': { summary: 'make a personal access token of a user', run: tokenCreate },
  'user create': { summary: 'make a user', run: userCreate },
  'user password': { summary: 'give a user a new password', run: userPassword },
  obligations: { summary: 'list cleanups that are open or did not end well', run: obligations },
  check: { summary: 'look whether all that is kept is as it should be', run: check },
  backup: { summary: 'put all that is kept into one archive', run: backup },
};

const USAGE = 'Usage: epilogue admin COMMAND [OPTIONS]';
const MORE =
  'What an operator needs of a coordinator without a browser; `epilogue admin COMMAND --help` tells more about one.';

/** What an operator needs without a browser, also while the server runs. */
export async function command(args: readonly string[], host: Host): Promise<number> {
  // Some are two words, some one.
  const length = [2, 1].find((words) => Object.hasOwn(COMMANDS, args.slice(0, words).join(' '))) ?? 2;
  const name = args.slice(0, length).join(' ');
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (found !== undefined) return await found.run(args.slice(length), host);
  const isHelp = args.some((word) => word === '--help' || word === '-h');
  const meant = suggest(name, Object.keys(COMMANDS));
  const list = Object.entries(COMMANDS).map(([words, { summary }]) => `  ${words.padEnd(13)}  ${summary}`);
  const lead =
    isHelp || args.length === 0
      ? ''
      : `epilogue: there is no 'admin ${name}'.${meant === undefined ? '' : ` Did you mean '${meant}'?`}\n`;
  (isHelp ? host.stdout : host.stderr).write(`${lead}${[USAGE, '', ...list, '', MORE].join('\n')}\n`);
  return isHelp ? EXIT.ok : EXIT.usage;
}

async function tokenCreate(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<DataFlags & { user: string; scopes: string; name: string }>(
    'admin token create',
    (line) =>
      addDataFlags(line)
        .description('Makes a personal access token, prints it and nothing else. It is shown this once.')
        .requiredOption('--user <name>', 'whom it acts for')
        .option('--scopes <list>', 'what it is for, by comma', 'api')
        .option('--name <text>', 'what it is called in lists', 'made by admin token create'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const { user, scopes, name } = parsed.options;
  const request = { username: user, name, scopes: scopes.split(','), expiresAt: null };
  host.stdout.write(
    `${await withStore({ ...dataPlaces(parsed.options, host), clock: host.clock }, (store) => createTokenAtMachine(store, request))}\n`,
  );
  return EXIT.ok;
}

async function userCreate(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<DataFlags & { username: string; email: string; name?: string; admin?: boolean }>(
    'admin user create',
    (line) =>
      addDataFlags(line)
        .description('Makes a user, who has no password until `admin user password` gives one.')
        .requiredOption('--username <name>', 'letters, digits, _, - and .')
        .requiredOption('--email <address>', 'where mail reaches the user')
        .option('--name <text>', 'as the user is shown (default: the user name)')
        .option('--admin', 'an administrator'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const { username, email, name = username, admin = false } = parsed.options;
  const request = { username, email, name, password: null, isAdministrator: admin };
  const id = await withStore({ ...dataPlaces(parsed.options, host), clock: host.clock }, (store) =>
    createUserAtMachine(store, request),
  );
  host.stdout.write(`user ${username} was made, number ${id}\n`);
  return EXIT.ok;
}

async function userPassword(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<DataFlags & { username: string }>(
    'admin user password',
    (line) =>
      addDataFlags(line)
        .description(
          'Gives a user a new password, read from the variable EPILOGUE_PASSWORD, and signs all browsers of the user out.',
        )
        .requiredOption('--username <name>', 'whose'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const { username } = parsed.options;
  const { EPILOGUE_PASSWORD: password = '' } = host.env;
  if (password === '') {
    host.stderr.write('epilogue: the variable EPILOGUE_PASSWORD is to hold the new password\n');
    return EXIT.usage;
  }
  await withStore({ ...dataPlaces(parsed.options, host), clock: host.clock }, (store) =>
    setPasswordAtMachine(store, { username, password }),
  );
  host.stdout.write(`user ${username} has a new password\n`);
  return EXIT.ok;
}
