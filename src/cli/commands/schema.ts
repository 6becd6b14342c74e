import { jsonSchema } from '../../compile/index.ts';
import { EXIT, type Host } from '../host.ts';
import { parseArguments } from '../parse-arguments.ts';

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments(
    'schema',
    (line) =>
      line
        .description('Prints the JSON schema of the CI file, for editors that check and complete while one types.')
        .option('--json', 'write it as one line'),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  host.stdout.write(`${JSON.stringify(jsonSchema(), null, 'json' in parsed.options ? 0 : 2)}\n`);
  return EXIT.ok;
}
