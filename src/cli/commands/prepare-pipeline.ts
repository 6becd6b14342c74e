import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeError, Failure, hasErrors, type Problem } from '../../base/index.ts';
import { type CompiledCheckout, compileCheckout, findCheckout } from '../../local/index.ts';
import { isMaskable } from '../../protocol/index.ts';
import type { Host } from '../host.ts';
import type { NamedValue } from '../parse-arguments.ts';
import { loadSettings, type SettingSources } from '../settings/load-settings.ts';
import { parseEnvFile } from '../settings/parse-env-file.ts';
import type { Settings } from '../settings/settings.ts';
import { type XdgPaths, xdgPaths } from '../settings/xdg-paths.ts';
import type { PipelineFlags } from './pipeline-flags.ts';

export interface Prepared {
  readonly settings: Settings;
  readonly paths: XdgPaths;
  readonly compiled: CompiledCheckout;
  /** Names of the env file's variables that logs may show, because no log can hide their values. */
  readonly unmasked: readonly string[];
}

/** What is wrong with the settings; the CI file has not been looked at then. */
export interface Refused {
  readonly problems: readonly Problem[];
}

type SettingFlags = SettingSources['flags'];

/** Settings, variables and the compiled CI file: what all commands about a checkout begin with. */
export async function preparePipeline(flags: PipelineFlags & SettingFlags, host: Host): Promise<Prepared | Refused> {
  const directory = resolve(host.cwd, flags.directory ?? '.');
  const checkoutDir = await findCheckout(directory, host.env);
  const paths = xdgPaths(host.env, host.homeDir);
  const { settings, problems } = await loadSettings({ flags, env: host.env, checkoutDir, paths });
  const envFile = await readEnvFile(settings.envFile, host.cwd);
  const all = [...problems, ...envFile.problems];
  if (hasErrors(all)) return { problems: all };
  const given: readonly NamedValue[] = [...settings.variables, ...envFile.values, ...(flags.var ?? [])];
  const compiled = await compileCheckout({
    checkout: checkoutDir,
    file: settings.file,
    directory,
    event: settings.event,
    ref: flags.ref ?? null,
    variables: Object.fromEntries(given.map(({ key, value }) => [key, value])),
    secrets: new Set(envFile.values.map(({ value }) => value).filter(isMaskable)),
    ignoresImages: settings.executor === 'shell',
    now: host.clock.now(),
  });
  const unmasked = envFile.values.filter(({ value }) => value !== '' && !isMaskable(value)).map(({ key }) => key);
  return { settings, paths, compiled, unmasked };
}

async function readEnvFile(path: string | null, cwd: string): Promise<ReturnType<typeof parseEnvFile>> {
  if (path === null) return { values: [], problems: [] };
  try {
    return parseEnvFile(path, await readFile(resolve(cwd, path), 'utf8'));
  } catch (error) {
    throw new Failure('env_file_unreadable', `cannot read the env file ${path}: ${describeError(error)}`);
  }
}
