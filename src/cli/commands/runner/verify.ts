import { changeConfigFile, type EntryOutline, findQuarantined } from '../../../daemon/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { type Choice, choose, type Entries, openEntries, sayNone } from './entries.ts';
import { addPlaceFlags, type PlaceFlags } from './runner-places.ts';

interface VerifyFlags extends PlaceFlags, Choice {
  readonly delete?: boolean;
}

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<VerifyFlags>(
    'runner verify',
    (line) =>
      addPlaceFlags(line)
        .description(
          'Asks each server whether it knows its runner, and says which is in quarantine. Exit code 1: one is unknown or in quarantine. A server that does not answer is named, and counts as fine.',
        )
        .option('--name <name>', 'of one entry (default: all)')
        .option('--url <url>', 'of entries at one server')
        .option('--token <token>', 'of one entry')
        .option('--delete', 'remove entries from the settings that their servers do not know'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const flags = parsed.options;
  const entries = openEntries(flags, host);
  const chosen = choose(entries.outlines, flags);
  if (chosen.length === 0) {
    sayNone(entries, flags, host);
    return EXIT.usage;
  }
  const answers = await Promise.all(chosen.map((each) => verify(entries, each, host)));
  const unknown = chosen.filter((_, at) => answers[at] === 'unknown');
  if (flags.delete === true) remove(entries, unknown, host);
  return answers.every((answer) => answer === 'fine') ? EXIT.ok : EXIT.failed;
}

async function verify(
  entries: Entries,
  outline: EntryOutline,
  host: Host,
): Promise<'fine' | 'unknown' | 'quarantined'> {
  const { name, url, token, key } = outline;
  const say = (words: string): void => host.stdout.write(`${name}: ${words}\n`);
  if (url === '' || token === '') {
    say('has no address or no token: `epilogue runner register` makes one that has');
    return 'unknown';
  }
  const answer = await entries.serverOf(outline).verify(token);
  if (answer.kind === 'unknown') {
    say(`${url} does not know this runner: it was removed there, or its token has changed`);
    return 'unknown';
  }
  if (answer.kind === 'unclear') say(`cannot be told: ${answer.why}`);
  else say(`${url} knows this runner${answer.id === 0 ? '' : ` as number ${answer.id}`}`);
  const quarantined = findQuarantined(entries.directory, key);
  if (quarantined === null || quarantined.isReleased) return 'fine';
  const since = new Date(quarantined.since).toISOString();
  say(
    `is in quarantine since ${since}: ${quarantined.why.join(', ')}. Look at the machine, then \`epilogue runner release\``,
  );
  return 'quarantined';
}

/** The last first: the numbers of the others hold. */
function remove({ path }: Entries, unknown: readonly EntryOutline[], host: Host): void {
  for (const { at, name } of unknown.toReversed()) {
    changeConfigFile(path, { kind: 'remove', at });
    host.stdout.write(`${name}: removed from ${path}\n`);
  }
}
