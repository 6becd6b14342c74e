import type { TSchema } from 'typebox';
import { checkValues } from '../check/check-values.ts';
import { orderStages } from '../check/stages.ts';
import { checkKeywords, reportMisfit } from '../schema/check-keywords.ts';
import type { Session } from '../session.ts';
import { DEFAULT_KEYWORD_TABLE, type JobConfig } from '../shape/job.ts';
import { GLOBAL_DEFAULTS, ROOT_KEYWORDS, type WorkflowConfig } from '../shape/root.ts';
import type { RootVariables } from '../shape/variables.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import { isMapping, MADE_OF, type Mapping } from '../yaml/mapping.ts';
import { flattenJob, flattenList } from './flatten-lists.ts';

/** Everything of the file that is not a job, shape-checked. What did not fit is left out; its problem is on the list. */
export interface RootConfig {
  /** All stages in order, `.pre` and `.post` included. */
  readonly stages: readonly string[];
  readonly variables: RootVariables;
  readonly workflow: WorkflowConfig;
  /** What jobs take over: `default` and the old root-level spellings. */
  readonly defaults: JobConfig;
}

export function readRoot(root: RootMap, session: Session): RootConfig {
  const stages = readKey<readonly string[]>(root, 'stages', session);
  return {
    stages: orderStages(stages === null ? null : flattenList(stages, session)),
    variables: readVariables(root, session),
    workflow: readKey(root, 'workflow', session) ?? {},
    defaults: readDefaults(root, session),
  };
}

function readKey<T>(root: RootMap, key: keyof typeof ROOT_KEYWORDS, session: Session): T | null {
  const value = root.get(key);
  if (value === undefined || value === null) return null;
  const schema: TSchema = ROOT_KEYWORDS[key];
  if (session.checks.passes(schema, value)) return value as T;
  reportMisfit({ schema, value, node: root, key }, { subject: '', path: '' }, session.problems);
  return null;
}

function readVariables(root: RootMap, session: Session): RootVariables {
  const variables = readKey<RootVariables>(root, 'variables', session) ?? {};
  for (const [name, variable] of Object.entries(variables)) {
    if (!isMapping(variable) || !Array.isArray(variable.options)) continue;
    const options = variable.options.map(String);
    if (variable.value !== undefined && variable.value !== null && options.includes(String(variable.value))) continue;
    const message = `variables.${name}.value must be one of its options: ${options.join(', ')}`;
    session.problems.add(
      { code: 'bad-value', message, path: `variables.${name}.value` },
      { node: variable, key: 'value', part: 'value' },
    );
  }
  return variables;
}

function readDefaults(root: RootMap, session: Session): JobConfig {
  const written = root.get('default') ?? {};
  if (!isMapping(written)) {
    session.problems.add(
      { code: 'bad-value', message: 'default must be a mapping', path: 'default' },
      { node: root, key: 'default' },
    );
    return {};
  }
  const owner = () => ({ subject: 'default', path: 'default' });
  const defaults: Mapping = {};
  Object.assign(defaults, written);
  const { problems, checks } = session;
  for (const key of checkKeywords(written, DEFAULT_KEYWORD_TABLE, checks, { problems, owner })) delete defaults[key];
  for (const key of GLOBAL_DEFAULTS) {
    const value = readKey<unknown>(root, key, session);
    if (value === null) continue;
    if (defaults[key] !== undefined && defaults[key] !== null) {
      const message = `"${key}" stands both at the root and in default`;
      session.problems.add(
        { code: 'double-default', message, path: key, hint: `keep the one in default` },
        { node: root, key },
      );
    } else defaults[key] = value;
  }
  // Root-level spellings are found in the root itself.
  defaults[MADE_OF] = [written, root as unknown as Mapping];
  checkValues(defaults as JobConfig, session, (code, message, key = 'image', { at } = {}) => {
    const finding = { code, message: `default: ${message}`, path: `default.${key}` };
    session.problems.add(finding, at ?? { node: defaults, key });
  });
  return flattenJob(defaults, session) as JobConfig;
}
