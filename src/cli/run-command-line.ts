import { describeError, Failure, suggest } from '../base/index.ts';
import { type CommandFunction, EXIT, type Host } from './host.ts';

interface Entry {
  readonly summary: string;
  /** A command is loaded when it is wanted, so that none pays for another's imports. */
  load(): Promise<{ readonly command: CommandFunction }>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  run: { summary: 'run the pipeline of this checkout', load: () => import('./commands/run.ts') },
  list: { summary: 'list the jobs that would run, and why', load: () => import('./commands/list.ts') },
  lint: { summary: 'check the CI file and name every problem in it', load: () => import('./commands/lint.ts') },
  config: { summary: 'print the CI file merged and expanded', load: () => import('./commands/config.ts') },
  schema: { summary: 'print the JSON schema of the CI file', load: () => import('./commands/schema.ts') },
  serve: { summary: 'run the coordinator: a CI server for a team', load: () => import('./commands/serve.ts') },
  admin: {
    summary: 'tokens, users, owed cleanups, checks and backups of a coordinator',
    load: () => import('./commands/admin.ts'),
  },
  runner: { summary: 'take jobs from a coordinator', load: () => import('./commands/runner.ts') },
  recover: { summary: 'finish the cleanup that a killed run still owes', load: () => import('./commands/recover.ts') },
};

const HELP_WORDS: ReadonlySet<string> = new Set(['help', '--help', '-h']);

/** Finds the command that the first word names, runs it, and resolves to the exit code of the program. */
export async function runCommand(words: readonly string[], host: Host): Promise<number> {
  const [word, ...rest] = words;
  if (word === undefined || HELP_WORDS.has(word)) return help(word, rest, host);
  const entry = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (entry === undefined) return unknownWord(word, host);
  try {
    const { command } = await entry.load();
    return await command(rest, host);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    host.stderr.write(`epilogue: ${describeError(error)}\n`);
    // Trouble that a command did not expect to meet inside a run: nothing was started.
    return EXIT.usage;
  }
}

/** `epilogue help run` is `epilogue run --help`; without any word at all there is nothing to do, which is a mistake. */
function help(word: string | undefined, rest: readonly string[], host: Host): Promise<number> | number {
  if (rest[0] !== undefined && !HELP_WORDS.has(rest[0])) return runCommand([...rest, '--help'], host);
  const output = word === undefined ? host.stderr : host.stdout;
  output.write(`${overview()}\n`);
  return word === undefined ? EXIT.usage : EXIT.ok;
}

function overview(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`);
  return [
    'Usage: epilogue COMMAND [OPTIONS]',
    '',
    'Runs GitLab CI pipelines; the cleanup of a job (after_script) always runs.',
    '',
    'Commands:',
    ...commands,
    '',
    'Options:',
    '  -h, --help     this text; `epilogue COMMAND --help` tells more about one command',
    '  -V, --version  the version',
  ].join('\n');
}

function unknownWord(word: string, host: Host): number {
  const meant = suggest(word, [...Object.keys(COMMANDS), '--help', '--version']);
  host.stderr.write(`epilogue: ${unknownWords(word, meant)}\n`);
  return EXIT.usage;
}

function unknownWords(word: string, meant: string | undefined): string {
  if (meant !== undefined) return `there is no '${word}'. Did you mean \`epilogue ${meant}\`?`;
  if (word.startsWith('-')) return `options follow a command, as in \`epilogue run ${word}\`.`;
  return `there is no command '${word}'. \`epilogue --help\` lists the commands.`;
}
