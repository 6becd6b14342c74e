import { didYouMean } from '../../base/index.ts';
import type { Job } from '../config/job.ts';
import type { Session } from '../session.ts';
import type { TriggerConfig } from '../shape/deploy.ts';
import { JOB_KEYWORDS, type JobConfig, type JobKeyword } from '../shape/job.ts';
import type { Place } from '../yaml/source-map.ts';
import { isGiven } from './is-given.ts';

/** Keywords that are checked but that no plan carries yet. Whoever uses them must hear it: nothing is dropped in silence. */
const NOT_CARRIED: readonly JobKeyword[] = [
  'id_tokens',
  'identity',
  'secrets',
  'release',
  'pages',
  'publish',
  'inputs',
  'dast_configuration',
];

/** What is checked but not carried out yet: an error where the job would do something else, a warning where the rest of it still means something. */
export function checkUnsupported(jobs: readonly Job[], session: Session): void {
  const used = NOT_CARRIED.filter((key) => session.checks.met(JOB_KEYWORDS[key]));
  const hasTriggers = session.checks.met(JOB_KEYWORDS.trigger);
  if (used.length === 0 && !hasTriggers) return;
  for (const job of jobs) {
    for (const key of used) warnKeyword(job, key, session);
    if (isGiven(job.config.trigger)) checkTrigger(job.name, job.config.trigger, job.config, session);
  }
}

function warnKeyword({ name, config, defaults }: Job, key: JobKeyword, session: Session): void {
  const node = isGiven(config[key]) ? config : defaults;
  if (!isGiven(node[key]) || node[key] === false) return;
  const message = `job "${name}": ${key} has no effect in a local run`;
  session.problems.add(
    { code: 'no-local-effect', message, path: `jobs.${name}.${key}`, severity: 'warning' },
    { node, key },
  );
}

function checkTrigger(name: string, trigger: TriggerConfig, config: JobConfig, session: Session): void {
  const complain = (what: string, place: Place) => {
    const message = `job "${name}": ${what} is not supported yet`;
    const hint = 'trigger:include of local files works';
    session.problems.add({ code: 'not-supported', message, path: `jobs.${name}.trigger`, hint }, place);
  };
  if (typeof trigger === 'string') {
    complain('trigger:project', { node: config, key: 'trigger' });
    return;
  }
  if ('project' in trigger) complain('trigger:project', { node: trigger, key: 'project' });
  if (isGiven(trigger.inputs)) complain('trigger:inputs', { node: trigger, key: 'inputs' });
  if (!('include' in trigger)) return;
  const { include } = trigger;
  for (const [index, item] of (Array.isArray(include) ? include : [include]).entries()) {
    const place: Place = Array.isArray(include) ? { node: include, key: index } : { node: trigger, key: 'include' };
    const path = typeof item === 'string' ? item : 'local' in item ? item.local : null;
    if (path === null || /^https?:/.test(path)) complain(`trigger:include:${kindOf(item)}`, place);
    else if (typeof item === 'object' && isGiven(item.inputs)) complain('trigger:include:inputs', place);
    else checkChildFile(path, { name, place }, session);
  }
}

/** A path with variables or a wildcard is known only when the child pipeline is made. */
function checkChildFile(
  path: string,
  { name, place }: { readonly name: string; readonly place: Place },
  { context, problems, projectFiles }: Session,
): void {
  const file = path.replace(/^\/+/, '');
  if (/[$*]/.test(file) || context.read(file) !== null) return;
  const message = `job "${name}": trigger:include: the file "${file}" does not exist`;
  const finding = { code: 'include-not-found', message, path: `jobs.${name}.trigger` };
  problems.add({ ...finding, ...didYouMean(file, projectFiles()) }, place);
}

function kindOf(item: object | string): string {
  if (typeof item === 'string') return 'remote';
  return ['template', 'artifact', 'project', 'component', 'remote'].find((kind) => kind in item) ?? 'this kind';
}
