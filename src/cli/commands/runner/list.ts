import { type EntryOutline, findQuarantined, loadConfig, type Quarantined } from '../../../daemon/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { printProblems } from '../print-problems.ts';
import { addPlaceFlags, configPath, type PlaceFlags, workingDirectory } from './runner-places.ts';

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<PlaceFlags & { json?: boolean }>(
    'runner list',
    (line) =>
      addPlaceFlags(line)
        .description(
          'Lists the entries of the settings, and which of them is in quarantine: takes no jobs because its cleanups went wrong. Tokens are not shown.',
        )
        .option('--json', 'one JSON object a line'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const { options } = parsed;
  const directory = workingDirectory(options, host);
  const { config, outlines, problems } = loadConfig({ path: configPath(options, host), directory, env: host.env });
  printProblems(problems, host, host.stderr);
  for (const outline of outlines) {
    const quarantined = findQuarantined(directory, outline.key);
    host.stdout.write(options.json === true ? asJson(outline, quarantined) : asText(outline, quarantined));
  }
  if (config !== null && outlines.length === 0 && options.json !== true) {
    host.stdout.write('There are no entries. `epilogue runner register` makes one.\n');
  }
  return config === null ? EXIT.failed : EXIT.ok;
}

function asJson({ key, name, url, id, executor }: EntryOutline, quarantined: Quarantined | null): string {
  const since = quarantined === null ? null : new Date(quarantined.since).toISOString();
  const { isReleased = false, why = [] } = quarantined ?? {};
  const quarantine = since === null ? null : { since, released: isReleased, why };
  return `${JSON.stringify({ key, name, url, id, executor, quarantine })}\n`;
}

function asText({ name, url, id, executor }: EntryOutline, quarantined: Quarantined | null): string {
  const number = id === null ? '' : `, number ${id}`;
  return `${name}: ${executor} at ${url}${number}\n${quarantined === null ? '' : wordsOf(quarantined)}`;
}

function wordsOf({ since, isReleased, why }: Quarantined): string {
  const after = isReleased
    ? 'released: takes jobs as soon as the runner has seen that'
    : 'look at the machine, then `epilogue runner release`';
  return `  in quarantine since ${new Date(since).toISOString()}: ${why.join(', ')}; ${after}\n`;
}
