import { type EntryOutline, findQuarantined, requestRelease } from '../../../daemon/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { choose, openEntries, sayNone } from './entries.ts';
import { addPlaceFlags, type PlaceFlags } from './runner-places.ts';

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<PlaceFlags>(
    'runner release',
    (line) =>
      addPlaceFlags(line)
        .argument('[name]', 'of one entry (default: every one that is in quarantine)')
        .description(
          'Lets entries whose cleanups went wrong take jobs again. A runner that works sees it within seconds; one that does not, when it starts.',
        ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const [name] = parsed.words;
  const choice = name === undefined ? {} : { name };
  const entries = openEntries(parsed.options, host);
  const chosen = choose(entries.outlines, choice);
  if (name !== undefined && chosen.length === 0) {
    sayNone(entries, choice, host);
    return EXIT.usage;
  }
  const released = chosen.filter((each) => release(entries.directory, each, host));
  if (released.length === 0) host.stdout.write('Nothing to release: no entry is in quarantine.\n');
  return EXIT.ok;
}

function release(directory: string, { key, name }: EntryOutline, host: Host): boolean {
  const quarantined = findQuarantined(directory, key);
  if (quarantined === null) return false;
  requestRelease(directory, key, quarantined.since);
  host.stdout.write(`${name} is released\n`);
  return true;
}
