import { relative, resolve } from 'node:path';
import { hasErrors } from '../../base/index.ts';
import { findCheckout } from '../../local/index.ts';
import { EXIT, type Host } from '../host.ts';
import { parseArguments } from '../parse-arguments.ts';
import { countJobs } from '../present/describe-job.ts';
import { addPipelineFlags, type PipelineFlags } from './pipeline-flags.ts';
import { preparePipeline } from './prepare-pipeline.ts';
import { printProblems, refuse } from './print-problems.ts';

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<PipelineFlags>(
    'lint',
    (line) =>
      addPipelineFlags(line)
        .description(
          'Checks the CI file and names every problem as file:line:column: message. Exit code 2: it has errors.',
        )
        .argument('[file]', 'the CI file, from the current directory (default: the one of the checkout)'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const json = parsed.options.json === true;
  const prepared = await preparePipeline(
    { ...parsed.options, ...(await fileFlag(parsed.words[0], parsed.options, host)) },
    host,
  );
  if ('problems' in prepared) return refuse(prepared.problems, host, { json });
  const { problems, plan, filtered } = prepared.compiled.result;
  const isWrong = hasErrors(problems);
  const jobs = plan?.jobs.length ?? 0;
  if (json) {
    host.stdout.write(`${JSON.stringify({ ok: !isWrong, jobs, filtered, problems })}\n`);
  } else {
    // What a linter prints is its result, so all of it goes to standard output.
    printProblems(problems, host, host.stdout);
    if (!isWrong) host.stdout.write(`${verdict(prepared.compiled.file, jobs, filtered)}\n`);
  }
  return isWrong ? EXIT.usage : EXIT.ok;
}

function verdict(file: string, jobs: number, filtered: string | null): string {
  return filtered === null ? `${file}: ok, ${countJobs(jobs)}` : `${file}: ok, no pipeline: ${filtered}`;
}

/** The file argument is from where one stands; the setting is from the top of the checkout. */
async function fileFlag(word: string | undefined, flags: PipelineFlags, host: Host): Promise<PipelineFlags> {
  if (word === undefined) return {};
  const checkout = await findCheckout(resolve(host.cwd, flags.directory ?? '.'), host.env);
  return { file: relative(checkout, resolve(host.cwd, word)) };
}
