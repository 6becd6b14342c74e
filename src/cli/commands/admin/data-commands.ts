import { resolve } from 'node:path';
import { backupData, checkData, listOwed, withStore } from '../../../coordinator/index.ts';
import { EXIT, type Host } from '../../host.ts';
import { parseArguments } from '../../parse-arguments.ts';
import { printable } from '../../terminal/clean-text.ts';
import { addStoreFlags, type StoreFlags, storeOf } from './store-flags.ts';

export async function obligations(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<StoreFlags>(
    'admin obligations',
    (line) =>
      addStoreFlags(line).description(
        'Lists the cleanups that are open, and those that did not end well and nobody has settled: job, state, project, name.',
      ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  await withStore(storeOf(parsed.options, host), async (store) => {
    for await (const { jobId, state, project, name } of listOwed(store)) {
      host.stdout.write(`${jobId}\t${state}\t${project}\t${printable(name)}\n`);
    }
  });
  return EXIT.ok;
}

export async function check(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<StoreFlags>(
    'admin check',
    (line) =>
      addStoreFlags(line).description(
        'Looks at all pipelines, artifacts and logs and says what is not as it should be, one line each; exit code 1 if there is anything. Changes nothing.',
      ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const options = storeOf(parsed.options, host);
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
  const parsed = parseArguments<StoreFlags>(
    'admin backup',
    (line) =>
      addStoreFlags(line)
        .argument('<file>', 'where the archive goes; must not be there')
        .description(
          'Puts all that the coordinator keeps into one tar archive, also while it runs; unpacked into an empty directory it can be served. It holds secrets, and the key to them. With PostgreSQL it holds all but the database: take that with pg_dump, before this.',
        ),
    args,
    host,
  );
  if (parsed.kind === 'ended') return parsed.exitCode;
  const target = resolve(host.cwd, parsed.words[0] ?? '');
  const options = storeOf(parsed.options, host);
  await backupData(options, target);
  host.stdout.write(`all that the coordinator keeps is in ${target}\n`);
  if (options.databaseUrl !== null) {
    host.stdout.write('but for the PostgreSQL database: take that with pg_dump, before this\n');
  }
  return EXIT.ok;
}
