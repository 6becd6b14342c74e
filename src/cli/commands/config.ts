import { hasErrors } from '../../base/index.ts';
import { dumpMerged, plainValue } from '../../compile/index.ts';
import { EXIT, type Host } from '../host.ts';
import { parseArguments } from '../parse-arguments.ts';
import { addPipelineFlags, type PipelineFlags } from './pipeline-flags.ts';
import { preparePipeline } from './prepare-pipeline.ts';
import { printProblems, refuse } from './print-problems.ts';

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<PipelineFlags>(
    'config',
    (line) =>
      addPipelineFlags(
        line.description(
          'Prints the CI file merged and expanded: includes, anchors, !reference and extends are resolved.',
        ),
      ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const json = parsed.options.json === true;
  const prepared = await preparePipeline(parsed.options, host);
  if ('problems' in prepared) return refuse(prepared.problems, host, { json });
  const { merged, problems } = prepared.compiled.result;
  if (merged === null || hasErrors(problems)) return refuse(problems, host, { json });
  printProblems(problems, host, host.stderr);
  const plain = Object.fromEntries([...merged].map(([name, value]) => [name, plainValue(value)]));
  host.stdout.write(json ? `${JSON.stringify(plain)}\n` : dumpMerged(merged));
  return EXIT.ok;
}
