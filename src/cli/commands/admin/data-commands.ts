import { resolve } from 'node:path';
import { backupData, checkData, listOwed, withStore } from '../../../coordinator/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { addDataFlags, type DataFlags, dataPlaces } from '../../settings/data-flags.ts';
import { printable } from '../../terminal/clean-text.ts';

export async function obligations(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<DataFlags>(
    'admin obligations',
    (line) =>
      addDataFlags(line).description(
        'Lists the cleanups that are open, and those that did not end well and nobody has settled: job, state, project, name.',
      ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  let found = 0;
  await withStore({ ...dataPlaces(parsed.options, host), clock: host.clock }, async (store) => {
    for await (const { jobId, state, project, name } of listOwed(store)) {
      found += 1;
      host.stdout.write(`${jobId}\t${state}\t${project}\t${printable(name)}\n`);
    }
  });
  // Standard output is for programs, to which nothing says that there is none.
  if (found === 0) host.stderr.write('epilogue: no cleanup is open, and none that did not end well is unsettled\n');
  return EXIT.ok;
}

export async function check(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<DataFlags>(
    'admin check',
    (line) =>
      addDataFlags(line).description(
        'Looks at all pipelines, artifacts and logs and says what is not as it should be, one line each; exit code 1 if there is anything. Changes nothing.',
      ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const options = { ...dataPlaces(parsed.options, host), clock: host.clock };
  let found = 0;
  await withStore(options, async (store) => {
    for await (const problem of checkData(store, options)) {
      found += 1;
      host.stdout.write(`${printable(problem)}\n`);
    }
  });
  if (found === 0) host.stdout.write('all is as it should be\n');
  return found === 0 ? EXIT.ok : EXIT.failed;
}

export async function backup(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<DataFlags>(
    'admin backup',
    (line) =>
      addDataFlags(line)
        .argument('<file>', 'where the archive goes; must not be there')
        .description(
          'Puts all that the coordinator keeps into one tar archive, also while it runs; unpacked into an empty directory it can be served. It holds secrets, and the key to them. It does not hold a PostgreSQL database (take that with pg_dump, before this) nor what is kept on S3.',
        ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const target = resolve(host.cwd, parsed.words[0] ?? '');
  const options = { ...dataPlaces(parsed.options, host), clock: host.clock };
  await backupData(options, target);
  host.stdout.write(`all that the coordinator keeps is in ${target}\n`);
  if (options.databaseUrl !== null) {
    host.stdout.write('but for the PostgreSQL database: take that with pg_dump, before this\n');
  }
  if (options.s3 !== null) host.stdout.write('but for artifacts and logs, which stay on S3\n');
  return EXIT.ok;
}
