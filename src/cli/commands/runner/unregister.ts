import { changeConfigFile, type EntryOutline } from '../../../daemon/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { type Choice, choose, type Entries, openEntries, sayNone } from './entries.ts';
import { addPlaceFlags, type PlaceFlags } from './runner-places.ts';

interface UnregisterFlags extends PlaceFlags, Choice {
  readonly allRunners?: boolean;
}

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<UnregisterFlags>(
    'runner unregister',
    (line) =>
      addPlaceFlags(line)
        .description(
          'Takes runners out at their servers and removes their entries from the settings. Of a runner with a glrt- token only this machine is taken out: the runner stays, for its other machines.',
        )
        .option('--name <name>', 'of one entry')
        .option('--url <url>', 'of entries at one server, with --token or --name')
        .option('--token <token>', 'of one entry')
        .option('--all-runners', 'every entry'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const flags = parsed.options;
  if (flags.allRunners !== true && flags.name === undefined && flags.token === undefined) {
    host.stderr.write('epilogue: say which runner: --name, --token or --all-runners\n');
    return EXIT.usage;
  }
  const entries = openEntries(flags, host);
  const chosen = flags.allRunners === true ? entries.outlines : choose(entries.outlines, flags);
  if (chosen.length === 0) {
    sayNone(entries, flags, host);
    return EXIT.usage;
  }
  let isDone = true;
  // The last first: the numbers of the others hold.
  for (const each of chosen.toReversed()) isDone = (await unregister(entries, each, host)) && isDone;
  return isDone ? EXIT.ok : EXIT.failed;
}

async function unregister(entries: Entries, outline: EntryOutline, host: Host): Promise<boolean> {
  const { name, url, token, at } = outline;
  const answer = url === '' || token === '' ? null : await entries.serverOf(outline).unregister(token);
  if (answer?.kind === 'unclear') {
    host.stderr.write(
      `epilogue: ${name} stays in ${entries.path}: ${answer.why}. Try again, or remove the entry by hand\n`,
    );
    return false;
  }
  changeConfigFile(entries.path, { kind: 'remove', at });
  const there = answer?.kind === 'done' ? `taken out at ${url}` : `not known at ${url || 'any server'}`;
  host.stdout.write(`${name}: ${there}, removed from ${entries.path}\n`);
  return true;
}
