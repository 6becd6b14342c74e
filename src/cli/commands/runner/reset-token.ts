import { InvalidArgumentError, Option } from 'commander';
import { changeConfigFile, type EntryOutline } from '../../../daemon/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { type Choice, choose, type Entries, openEntries, sayNone } from './entries.ts';
import { addPlaceFlags, type PlaceFlags } from './runner-places.ts';

interface ResetFlags extends PlaceFlags, Omit<Choice, 'token'> {
  readonly id?: number;
  readonly allRunners?: boolean;
  readonly pat?: string;
}

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<ResetFlags>(
    'runner reset-token',
    (line) =>
      addPlaceFlags(line)
        .description(
          "Draws a new token for runners, and writes it into the settings. The old one is nobody's from then on; a runner that works goes on with the new one within seconds.",
        )
        .option('--name <name>', 'of one entry')
        .option('--url <url>', 'of entries at one server')
        .addOption(new Option('--id <number>', 'of one entry: its number at the server').argParser(parseId))
        .option('--all-runners', 'every entry')
        .option(
          '--pat <token>',
          'draw it with this access token of a person, when the own token no longer works (needs the number of the runner)',
        ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const flags = parsed.options;
  if (flags.allRunners !== true && flags.name === undefined && flags.url === undefined && flags.id === undefined) {
    host.stderr.write('epilogue: say which runner: --name, --url, --id or --all-runners\n');
    return EXIT.usage;
  }
  const entries = openEntries(flags, host);
  const chosen = (flags.allRunners === true ? entries.outlines : choose(entries.outlines, flags)).filter(
    ({ id }) => flags.id === undefined || id === flags.id,
  );
  if (chosen.length === 0) {
    sayNone(entries, flags, host);
    return EXIT.usage;
  }
  let isDone = true;
  for (const each of chosen) isDone = (await reset(entries, each, { flags, host })) && isDone;
  return isDone ? EXIT.ok : EXIT.failed;
}

async function reset(
  entries: Entries,
  outline: EntryOutline,
  { flags: { pat }, host }: { readonly flags: ResetFlags; readonly host: Host },
): Promise<boolean> {
  const { name, id, token, at } = outline;
  if (pat !== undefined && id === null) {
    host.stderr.write(`epilogue: ${name} has no id in ${entries.path}, which --pat needs: write id = NUMBER there\n`);
    return false;
  }
  const server = entries.serverOf(outline);
  const answer = pat === undefined || id === null ? await server.resetToken(token) : await server.resetTokenAs(id, pat);
  if (answer.kind === 'refused') {
    host.stderr.write(`epilogue: ${name} keeps its token: ${answer.why}\n`);
    return false;
  }
  changeConfigFile(entries.path, { kind: 'change', at, keys: tokenKeys(answer, host.clock.now()) });
  host.stdout.write(`${name} has a new token, written to ${entries.path}\n`);
  return true;
}

/** What the settings say of a token. @param now ms since 1970 */
export function tokenKeys(
  { token, tokenExpiresAt }: { readonly token: string; readonly tokenExpiresAt: number | null },
  now: number,
): Readonly<Record<string, unknown>> {
  const expires = tokenExpiresAt === null ? undefined : new Date(tokenExpiresAt);
  return { token, token_obtained_at: new Date(now), token_expires_at: expires };
}

function parseId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Write the number of a runner.');
  return Number(text);
}
