import { expandVariables, type Variable, type VariableLookup } from '../../protocol/index.ts';
import type { Session } from '../session.ts';
import { slugify } from '../values/index.ts';
import type { Instance } from './expand-parallel.ts';
import { hasKey } from './plan-variables.ts';

/** Root variables, those of the matched workflow rule included, expanded once for all jobs. */
export interface RootScope {
  readonly planned: readonly Variable[];
  readonly values: ReadonlyMap<string, string>;
}

export function rootScope(planned: readonly Variable[], session: Session): RootScope {
  return { planned, values: expandVariables(planned, session.outerVariables).values };
}

/**
 * Variables as rules of one job see them: whoever started the pipeline wins over the job, the job over the root, the root over what is
 * predefined. Work is done when a name is asked for: most rules ask for predefined ones only.
 */
export function jobLookup(
  instance: Instance,
  own: readonly Variable[],
  root: RootScope,
  session: Session,
): VariableLookup {
  let expanded: ReadonlyMap<string, string> | undefined;
  return (name) => {
    if (!hasKey(own, name) || Object.hasOwn(session.context.variables, name))
      return outside(name, instance, root, session);
    expanded ??= expandVariables(own, (other) => outside(other, instance, root, session)).values;
    return expanded.get(name);
  };
}

/** As seen by the job's own variables. */
function outside(name: string, instance: Instance, root: RootScope, { context }: Session): string | undefined {
  const { variables, predefined } = context;
  if (Object.hasOwn(variables, name)) return variables[name];
  return (
    root.values.get(name) ?? ofJob(instance, name) ?? (Object.hasOwn(predefined, name) ? predefined[name] : undefined)
  );
}

/** Predefined variables that depend on the job and are known before it runs. */
function ofJob({ name, job, node }: Instance, variable: string): string | undefined {
  switch (variable) {
    case 'CI_JOB_NAME':
      return name;
    case 'CI_JOB_NAME_SLUG':
      return slugify(name);
    case 'CI_JOB_GROUP_NAME':
      return job.name;
    case 'CI_JOB_STAGE':
      return job.stage;
    case 'CI_NODE_INDEX':
      return node === null ? undefined : String(node.index);
    case 'CI_NODE_TOTAL':
      return String(node?.total ?? 1);
    case 'CI_ENVIRONMENT_NAME': {
      const { environment } = job.config;
      return (typeof environment === 'string' ? environment : environment?.name) ?? undefined;
    }
    default:
      return undefined;
  }
}
