import { suggest } from '../../base/index.ts';
import { type CommandFunction, EXIT, type Host } from '../host.ts';

interface Entry {
  readonly summary: string;
  load(): Promise<{ readonly command: CommandFunction }>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  register: { summary: 'make this machine a runner of a server', load: () => import('./runner/register.ts') },
  run: { summary: 'take jobs and run them on this machine', load: () => import('./runner/run.ts') },
  verify: { summary: 'ask the servers whether they know their runners', load: () => import('./runner/verify.ts') },
  list: {
    summary: 'list the entries of the settings, and which is in quarantine',
    load: () => import('./runner/list.ts'),
  },
  release: {
    summary: 'let an entry whose cleanups went wrong take jobs again',
    load: () => import('./runner/release.ts'),
  },
  'reset-token': { summary: 'draw new tokens for runners', load: () => import('./runner/reset-token.ts') },
  sweep: {
    summary: 'show and remove what jobs have left in a Docker Engine',
    load: () => import('./runner/sweep.ts'),
  },
  unregister: { summary: 'take runners out at their servers', load: () => import('./runner/unregister.ts') },
};

const USAGE = 'Usage: epilogue runner COMMAND [OPTIONS]';
const MORE = '`epilogue runner COMMAND --help` tells more about one.';

/** The words of `epilogue runner`, one file each. */
export async function command(args: readonly string[], host: Host): Promise<number> {
  if (args[0] === 'help') return command([...args.slice(1, 2), '--help'], host);
  const [word = '', ...rest] = args;
  const found = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (found !== undefined) return (await found.load()).command(rest, host);
  const isHelp = args.some((each) => each === '--help' || each === '-h');
  const meant = suggest(word, Object.keys(COMMANDS));
  const list = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(11)}  ${summary}`);
  const lead =
    isHelp || word === ''
      ? ''
      : `epilogue: there is no 'runner ${word}'.${meant === undefined ? '' : ` Did you mean 'runner ${meant}'?`}\n`;
  (isHelp ? host.stdout : host.stderr).write(`${lead}${[USAGE, '', ...list, '', MORE].join('\n')}\n`);
  return isHelp ? EXIT.ok : EXIT.usage;
}
