import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT, type Host } from './host.ts';

/** Either what was typed, checked, or the program's exit code because help was shown or the line was wrong. */
export type Parsed<Options> =
  | { readonly kind: 'parsed'; readonly words: readonly string[]; readonly options: Options }
  | { readonly kind: 'ended'; readonly exitCode: number };

/** Reads a command's arguments. Help goes to standard output, mistakes to standard error with exit code 2. */
export function parseArguments<Options extends object>(
  name: string,
  define: (command: Command) => Command,
  args: readonly string[],
  host: Host,
): Parsed<Options> {
  const command = define(new Command(`epilogue ${name}`))
    .helpOption('-h, --help', 'show this text')
    .showHelpAfterError(`Run 'epilogue ${name} --help' for its options.`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHelpWidth: () => host.stdout.size().columns,
      getErrHelpWidth: () => host.stderr.size().columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  try {
    command.parse(args, { from: 'user' });
    return { kind: 'parsed', words: command.args, options: command.opts<Options>() };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'ended', exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
}

export interface NamedValue {
  readonly key: string;
  readonly value: string;
}

/** For repeatable `NAME=VALUE` options; the value may be empty and may hold `=`. */
export function collectNamedValue(text: string, before: readonly NamedValue[] | undefined): readonly NamedValue[] {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write NAME=VALUE, the name in letters, digits and _.');
  const [, key = '', value = ''] = match;
  return [...(before ?? []), { key, value }];
}

/** For other repeatable options. */
export function collectWord(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
