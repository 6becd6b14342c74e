import { join } from 'node:path';
import { type Problem, suggest } from '../../base/index.ts';
import type { Environment } from '../terminal/colour.ts';
import { readSettingFile } from './read-setting-file.ts';
import { SETTING_KEYS } from './setting-keys.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import type { XdgPaths } from './xdg-paths.ts';

export interface SettingSources {
  /** What flags gave, by key; a key that no flag gave is absent. */
  readonly flags: Readonly<Partial<Record<keyof typeof SETTING_KEYS, unknown>>>;
  readonly env: Environment;
  readonly checkoutDir: string;
  readonly paths: XdgPaths;
}

type Key = keyof typeof SETTING_KEYS;
/** What a mistake names: the flag, the variable, or the key and its file. */
interface Source {
  readonly name: string;
  readonly file?: string;
}

type Draft = { -readonly [Name in keyof Settings]: Settings[Name] };

const KEYS = Object.keys(SETTING_KEYS) as Key[];
const VARIABLES_TABLE = 'variables';
const DOCKER_TABLE = 'docker';
const FILE_NAME = 'epilogue.toml';

/**
 * Flags beat `EPILOGUE_*` variables beat the checkout's epilogue.toml beat the person's own.
 * All sources are checked, also where a stronger one hides the value: a mistake should not wait for the day it shows.
 */
export async function loadSettings(sources: SettingSources): Promise<{ settings: Settings; problems: Problem[] }> {
  const draft: Draft = { ...DEFAULT_SETTINGS };
  const problems: Problem[] = [];
  // Weakest first, so that each later source writes over the ones before.
  for (const path of [join(sources.paths.config, FILE_NAME), join(sources.checkoutDir, FILE_NAME)]) {
    const file = await readSettingFile(path);
    problems.push(...file.problems, ...(await applyFile(draft, path, file.values ?? {})));
  }
  problems.push(...applyEnvironment(draft, sources.env));
  for (const key of KEYS) {
    const value = sources.flags[key];
    if (value !== undefined) problems.push(...applyValue(draft, key, value, { name: flagName(key) }));
  }
  return { settings: Object.freeze(draft), problems };
}

async function applyFile(
  draft: Draft,
  path: string,
  values: Readonly<Record<string, unknown>>,
): Promise<readonly Problem[]> {
  const byName = new Map(KEYS.map((key) => [SETTING_KEYS[key].name, key]));
  const found = Object.entries(values).map(async ([name, value]) => {
    if (name === VARIABLES_TABLE) return applyVariables(draft, path, value);
    if (name === DOCKER_TABLE) return await applyDocker(draft, path, value);
    const key = byName.get(name);
    if (key === undefined) return [unknownName(path, name, [...byName.keys(), VARIABLES_TABLE, DOCKER_TABLE])];
    return applyValue(draft, key, value, { name, file: path });
  });
  return (await Promise.all(found)).flat();
}

/** Whole: of two files the stronger one's. Its reader is loaded only where there is such a table. */
async function applyDocker(draft: Draft, path: string, value: unknown): Promise<readonly Problem[]> {
  if (!isTable(value)) return [mistake('must be a table', DOCKER_TABLE, path)];
  if ('image' in value)
    return [mistake('is said at the top of the file, as in image = "debian:12"', 'docker.image', path)];
  const { readDockerTable } = await import('../../daemon/index.ts');
  const { LOCAL_DOCKER_SETTINGS } = await import('../execution/local-docker-settings.ts');
  const { docker, problems } = readDockerTable(value, path);
  const pullPolicy = 'pull_policy' in value ? docker.pullPolicy : LOCAL_DOCKER_SETTINGS.pullPolicy;
  const allowedPullPolicies = docker.allowedPullPolicies ?? LOCAL_DOCKER_SETTINGS.allowedPullPolicies;
  draft.docker = { ...docker, pullPolicy, allowedPullPolicies };
  return problems;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function applyVariables(draft: Draft, path: string, value: unknown): Problem[] {
  if (!isTable(value)) return [mistake('must be a table of texts', VARIABLES_TABLE, path)];
  const entries = Object.entries(value).filter(([, text]) => ['string', 'number', 'boolean'].includes(typeof text));
  const added = entries.map(([key, text]) => ({ key, value: String(text) }));
  draft.variables = Object.freeze([...draft.variables, ...added]);
  return Object.keys(value)
    .filter((key) => !entries.some(([known]) => known === key))
    .map((key) => mistake('must be a text', `${VARIABLES_TABLE}.${key}`, path));
}

/**
 * Other `EPILOGUE_*` names are left alone (a job that itself runs Epilogue has some) unless one looks like a slip of the
 * fingers, which would otherwise be without effect and without a word.
 */
function applyEnvironment(draft: Draft, env: Environment): Problem[] {
  const byName = new Map(KEYS.map((key) => [`EPILOGUE_${SETTING_KEYS[key].name.toUpperCase()}`, key]));
  return Object.entries(env).flatMap(([name, value]) => {
    if (!name.startsWith('EPILOGUE_') || value === undefined) return [];
    const key = byName.get(name);
    if (key !== undefined) return applyValue(draft, key, value, { name });
    const isSlip = suggest(name.slice('EPILOGUE_'.length), KEYS.map(upperName)) !== undefined;
    return isSlip ? [unknownName(undefined, name, [...byName.keys()])] : [];
  });
}

function upperName(key: Key): string {
  return SETTING_KEYS[key].name.toUpperCase();
}

function applyValue(draft: Draft, key: Key, value: unknown, from: Source): Problem[] {
  const parsed = SETTING_KEYS[key].parse(value);
  if ('mistake' in parsed) return [mistake(parsed.mistake, from.name, from.file)];
  Object.assign(draft, { [key]: parsed.value });
  return [];
}

function mistake(what: string, name: string, file?: string): Problem {
  const place = file === undefined ? {} : { file };
  return { code: 'settings-value', severity: 'error', message: `${name} ${what}`, ...place };
}

function unknownName(file: string | undefined, name: string, names: readonly string[]): Problem {
  const meant = suggest(name, names);
  return {
    code: 'settings-unknown',
    severity: 'error',
    message: `there is no setting '${name}'`,
    ...(file === undefined ? {} : { file }),
    hint: meant === undefined ? `the settings are ${names.join(', ')}` : `did you mean '${meant}'?`,
  };
}

function flagName(key: Key): string {
  return `--${SETTING_KEYS[key].name.replaceAll('_', '-')}`;
}
