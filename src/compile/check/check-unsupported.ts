import type { Job } from '../config/job.ts';
import type { Session } from '../session.ts';
import { JOB_KEYWORDS, type JobKeyword } from '../shape/job.ts';
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

/** Keywords without effect in jobs that still mean something: warnings. */
export function checkUnsupported(jobs: readonly Job[], session: Session): void {
  const used = NOT_CARRIED.filter((key) => session.checks.met(JOB_KEYWORDS[key]));
  if (used.length === 0) return;
  for (const job of jobs) for (const key of used) warnKeyword(job, key, session);
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
