import { userVariables } from '../../../payload/index.ts';
import type { PlannedJob, Variable } from '../../../protocol/index.ts';
import { type Db, findJobVariables } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { scopedVariables } from '../../pipelines/create/scoped-variables.ts';
import { cacheOf } from '../../pipelines/transaction/pipeline-cache.ts';
import { type Gathered, gather } from './gather.ts';
import { environmentOf, predefinedOf } from './make-payload.ts';

/** `ci_file`: its root or a rule of its workflow; `job`: all that is written at the job; `play`: given when it was started by hand. */
export const VARIABLE_SOURCES = [
  'ci_file',
  'job',
  'dotenv',
  'instance',
  'project',
  'pipeline',
  'play',
  'predefined',
] as const;
export type VariableSource = (typeof VARIABLE_SOURCES)[number];

export interface SourcedVariable {
  readonly key: string;
  readonly source: VariableSource;
  /** As the CI file writes it, not expanded; null: it is from elsewhere, where secrets may lie. */
  readonly value: string | null;
}

/**
 * The variables that a job would be handed out with now, by key, without those that are predefined; one that would replace a predefined one is among
 * them, and so is one of the file that a predefined one replaces. Null: the job is gone.
 */
export async function listVariableSources(
  parts: Pick<Parts, 'store' | 'base' | 'version'>,
  db: Db,
  jobId: number,
): Promise<readonly SourcedVariable[] | null> {
  const gathered = await gather(db, jobId, cacheOf(parts.store));
  if (gathered === null) return null;
  const own = ((await findJobVariables(db, jobId)) ?? []) as readonly Variable[];
  const found = new Map<string, SourcedVariable>();
  const add = (source: VariableSource, keys: readonly string[]): void => {
    for (const key of keys) found.set(key, { key, source, value: null });
  };
  for (const variable of gathered.planned.variables) {
    const { key, value } = variable;
    found.set(key, { key, source: isOfAll(variable, gathered.variablesOfAll) ? 'ci_file' : 'job', value });
  }
  // From here on in the order in which `jobVariables` lets one win over another.
  const overriding = (keys: readonly string[]) => keys.filter((key) => found.has(key));
  add('predefined', overriding(Object.keys(userVariables(gathered.user))));
  for (const { dotenv } of gathered.dependencies) add('dotenv', keysOf(dotenv?.variables ?? []));
  for (const scope of ['instance', 'project'] as const) add(scope, keysOf(configuredOf(gathered, scope, parts)));
  add('pipeline', keysOf(gathered.given));
  add('play', keysOf(own));
  add('predefined', overriding(predefinedOfEnvironment(gathered.planned)));
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function predefinedOfEnvironment({ environment }: PlannedJob): readonly string[] {
  if (environment === null) return [];
  const words = ['NAME', 'SLUG', 'ACTION', 'TIER', ...(environment.url === null ? [] : ['URL'])];
  return words.map((word) => `CI_ENVIRONMENT_${word}`);
}

/** A job that writes what the root of its file writes changes nothing. */
function isOfAll({ key, value, raw }: Variable, ofAll: readonly Variable[]): boolean {
  return ofAll.some((each) => each.key === key && each.value === value && each.raw === raw);
}

function configuredOf(
  gathered: Gathered,
  scope: 'instance' | 'project',
  server: Pick<Parts, 'base' | 'version'>,
): readonly Variable[] {
  const ofScope = gathered.configured.filter((variable) => variable.scope === scope);
  const environment = environmentOf(gathered, predefinedOf(gathered, server));
  return scopedVariables(ofScope, { isProtected: gathered.pipeline.isProtected, environment });
}

function keysOf(variables: readonly { readonly key: string }[]): readonly string[] {
  return variables.map(({ key }) => key);
}
