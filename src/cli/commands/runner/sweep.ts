import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, Failure } from '../../../base/index.ts';
import {
  type EngineName,
  enginesOf,
  isThere,
  type Judged,
  loadConfig,
  type OwnJobs,
  sweepEngine,
} from '../../../daemon/index.ts';
import { DEFAULT_DOCKER_SETTINGS, nameEngine } from '../../../executors/index.ts';
import { readOwner } from '../../../runner/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { collectWord, parseArguments } from '../../parse-arguments.ts';
import { xdgPaths } from '../../settings/xdg-paths.ts';
import { printProblems } from '../print-problems.ts';
import { addPlaceFlags, configPath, type PlaceFlags, workingDirectory } from './runner-places.ts';

interface SweepFlags extends PlaceFlags {
  readonly dryRun?: boolean;
  readonly caches?: boolean;
  readonly owner?: readonly string[];
}

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<SweepFlags>(
    'runner sweep',
    (line) =>
      addPlaceFlags(line)
        .description(
          'Shows what jobs have left in the Docker Engines of the settings, else in the one of DOCKER_HOST, and removes what belongs to jobs of this runner, or of your local runs, that are over. What a job that is not over needs stays, and so does what is not known here. Exit code 1: something could not be removed, or no engine answers.',
        )
        .option('--dry-run', 'only show it')
        .option('--caches', 'also remove what is kept for jobs to come (volumes such as /cache)')
        .option(
          '--owner <name>',
          'also remove all of a runner whose directory is no more, named as lines of what is kept name it; may be repeated',
          collectWord,
        ),
    args,
    host,
  );
  return parsed.kind === 'ended' ? parsed.exitCode : sweep(parsed.options, host);
}

async function sweep(flags: SweepFlags, host: Host): Promise<number> {
  const engines = enginesFrom(flags, host);
  if (engines === null) return EXIT.usage;
  const places = placesOf(flags, host);
  let isWell = true;
  for (const engine of engines) {
    try {
      if (!(await sweepOne(engine, places, { flags, host }))) isWell = false;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      host.stderr.write(`epilogue: ${describeError(error)}\n`);
      isWell = false;
    }
  }
  return isWell ? EXIT.ok : EXIT.failed;
}

/** Null: the settings have mistakes, which were said. */
function enginesFrom(flags: SweepFlags, host: Host): readonly EngineName[] | null {
  const usual = nameEngine(DEFAULT_DOCKER_SETTINGS, host.env);
  const path = configPath(flags, host);
  // Runs, and runners that are started by flags, have none.
  if (flags.config === undefined && !existsSync(path)) return [usual];
  const { config, problems } = loadConfig({ path, directory: workingDirectory(flags, host), env: host.env });
  if (config === null) {
    printProblems(problems, host, host.stderr);
    return null;
  }
  const named = enginesOf(config);
  return named.length === 0 ? [usual] : named;
}

/** Where jobs lie whose journals are there for as long as they are not over. */
function placesOf(flags: SweepFlags, host: Host): readonly OwnJobs[] {
  const { state } = xdgPaths(host.env, host.homeDir);
  const all = [
    { directory: workingDirectory(flags, host), name: 'jobs' },
    { directory: state, name: 'runs' },
  ];
  return all
    .map(({ directory, name }) => ({ below: join(directory, name), owner: readOwner(directory) }))
    .filter(({ below }) => isThere(below));
}

async function sweepOne(
  engine: EngineName,
  places: readonly OwnJobs[],
  { flags, host }: { readonly flags: SweepFlags; readonly host: Host },
): Promise<boolean> {
  const { dryRun = false, caches = false, owner: gone = [] } = flags;
  const say = (line: string): void => void host.stdout.write(`${line}\n`);
  const { found, remove } = await sweepEngine({ engine, places, gone, clock: host.clock });
  if (found.length === 0) say(`Nothing of Epilogue's is in the engine at ${engine.host}.`);
  for (const each of found) {
    const kept = whyLeft(each, caches);
    if (kept !== null) say(`Kept ${titleOf(each)}: ${kept}`);
    else if (dryRun) say(`Would remove ${titleOf(each)}`);
  }
  return dryRun || (await remove({ caches, say })) === 0;
}

function whyLeft({ kept, type }: Judged, caches: boolean): string | null {
  if (kept === null && type === 'cache' && !caches) return 'it is for jobs to come (--caches removes it)';
  return kept;
}

function titleOf({ kind, name, job, project }: Judged): string {
  const whose = job === null ? '' : ` of job ${job}${project === null ? '' : ` in ${project}`}`;
  return `${kind} ${name}${whose}`;
}
