import { Failure, suggest } from '../../../base/index.ts';
import { type EntryOutline, loadConfig, openRunnerServer, type RunnerServer } from '../../../daemon/index.ts';
import type { Host } from '../../host.ts';
import { printProblems } from '../print-problems.ts';
import { configPath, type PlaceFlags, systemIdBeside, workingDirectory } from './runner-places.ts';

/** The entries of a file of settings, for words that change or ask about some. */
export interface Entries {
  /** Of the file; absolute. */
  readonly path: string;
  /** The runner's working directory; absolute. */
  readonly directory: string;
  readonly outlines: readonly EntryOutline[];
  /** @throws Failure `no_url` */
  serverOf(outline: EntryOutline): RunnerServer;
}

/** Also of a file that has mistakes: those are said. @throws Failure `runner_config_broken`: nothing in it can be read; and as `loadConfig` */
export function openEntries(flags: PlaceFlags, host: Host): Entries {
  const path = configPath(flags, host);
  const directory = workingDirectory(flags, host);
  const { outlines, problems } = loadConfig({ path, directory, env: host.env });
  const errors = problems.filter(({ severity }) => severity === 'error');
  printProblems(errors, host, host.stderr);
  if (errors.length > 0 && outlines.length === 0) {
    throw new Failure('runner_config_broken', `no entry of ${path} can be read: mend it first`);
  }
  const systemId = systemIdBeside(path, (text) => host.stderr.write(`epilogue: ${text}\n`));
  const { version } = host;
  return {
    path,
    directory,
    outlines,
    serverOf: ({ url, executor, tls }) => openRunnerServer({ url, executor, tls, systemId, version }),
  };
}

export interface Choice {
  readonly name?: string;
  readonly url?: string;
  readonly token?: string;
}

/** Those that fit all that is given. */
export function choose(outlines: readonly EntryOutline[], { name, url, token }: Choice): readonly EntryOutline[] {
  return outlines.filter(
    (each) =>
      (name === undefined || each.name === name) &&
      (url === undefined || each.url === url.replace(/\/+$/, '')) &&
      (token === undefined || each.token === token),
  );
}

/** Says that none fits. */
export function sayNone({ path, outlines }: Entries, { name }: Choice, host: Host): void {
  if (outlines.length === 0) {
    host.stderr.write(`epilogue: there are no entries in ${path}: \`epilogue runner register\` makes one\n`);
    return;
  }
  const meant =
    name === undefined
      ? undefined
      : suggest(
          name,
          outlines.map((each) => each.name),
        );
  const hint = meant === undefined ? '`epilogue runner list` lists them' : `did you mean '${meant}'?`;
  const which = name === undefined ? 'such entry' : `entry '${name}'`;
  host.stderr.write(`epilogue: there is no ${which} in ${path}: ${hint}\n`);
}
