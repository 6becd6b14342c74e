import { hasErrors } from '../../base/index.ts';
import { tellEarlierRuns } from '../../local/index.ts';
import { EXIT, type Host } from '../host.ts';
import { parseArguments } from '../parse-arguments.ts';
import { describeNote } from '../present/describe-run.ts';
import { coloured, plain, wantsColour } from '../terminal/colour.ts';
import { listEntries, renderEntries } from './list-entries.ts';
import { addPipelineFlags, type PipelineFlags } from './pipeline-flags.ts';
import { preparePipeline } from './prepare-pipeline.ts';
import { printProblems, refuse } from './print-problems.ts';

interface ListFlags extends PipelineFlags {
  readonly all?: true;
}

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<ListFlags>(
    'list',
    (line) =>
      addPipelineFlags(line)
        .description('Lists the jobs that `epilogue run` would run with the same options, by stage, and why.')
        .option('--all', 'also list the jobs that are left out'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const { all = false, json = false } = parsed.options;
  const prepared = await preparePipeline(parsed.options, host);
  if ('problems' in prepared) return refuse(prepared.problems, host, { json });
  const { result } = prepared.compiled;
  if (hasErrors(result.problems)) return refuse(result.problems, host, { json });
  const notes = await tellEarlierRuns({ ...prepared, checkout: prepared.compiled.checkout, clock: host.clock });
  const entries = listEntries(result.plan, result.jobs).filter((entry) => all || entry.added);
  if (json) {
    const { filtered, problems } = result;
    // Earlier runs first, as events; the last line is the list.
    const lines = [...notes, { type: 'jobs', filtered, jobs: entries, problems }];
    for (const line of lines) host.stdout.write(`${JSON.stringify(line)}\n`);
    return EXIT.ok;
  }
  printProblems(result.problems, host, host.stderr);
  const paint = wantsColour(host.env, host.stdout.isTerminal) ? coloured : plain;
  for (const note of notes) host.stderr.write(`${describeNote(note, paint).join('\n')}\n`);
  const lines = [
    ...renderEntries(entries, result.plan?.stages ?? [], paint),
    ...(result.filtered === null ? [] : [`no pipeline: ${result.filtered}`]),
  ];
  host.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
