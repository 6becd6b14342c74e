import { suggest } from '../../../base/index.ts';
import { type EntryOutline, findQuarantined, loadConfig, requestRelease } from '../../../daemon/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { printProblems } from '../print-problems.ts';
import { addPlaceFlags, configPath, type PlaceFlags, workingDirectory } from './runner-places.ts';

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
  const directory = workingDirectory(parsed.options, host);
  const { outlines, problems } = loadConfig({ path: configPath(parsed.options, host), directory, env: host.env });
  const errors = problems.filter(({ severity }) => severity === 'error');
  printProblems(errors, host, host.stderr);
  const chosen = outlines.filter((each) => name === undefined || each.name === name);
  if (name !== undefined && chosen.length === 0) return unknown(name, outlines, host);
  const released = chosen.filter((each) => release(directory, each, host));
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

function unknown(name: string, outlines: readonly EntryOutline[], host: Host): number {
  const meant = suggest(
    name,
    outlines.map((each) => each.name),
  );
  const hint = meant === undefined ? '`epilogue runner list` lists them' : `did you mean '${meant}'?`;
  host.stderr.write(`epilogue: there is no entry '${name}': ${hint}\n`);
  return EXIT.usage;
}
