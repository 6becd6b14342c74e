import type { Job } from '../config/job.ts';
import type { Session } from '../session.ts';
import { JOB_KEYWORDS, type JobKeyword } from '../shape/job.ts';

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

export function warnUnsupported(jobs: readonly Job[], session: Session): void {
  const used = NOT_CARRIED.filter((key) => session.checks.met(JOB_KEYWORDS[key]));
  const hasTriggers = session.checks.met(JOB_KEYWORDS.trigger);
  if (used.length === 0 && !hasTriggers) return;
  for (const { name, config } of jobs) {
    for (const key of used) {
      const value = config[key];
      if (value === undefined || value === null || value === false) continue;
      const message = `job "${name}": ${key} has no effect in a local run`;
      session.problems.add(
        { code: 'no-local-effect', message, path: `jobs.${name}.${key}`, severity: 'warning' },
        { node: config, key },
      );
    }
    warnTrigger(name, config, session);
  }
}

function warnTrigger(name: string, config: Job['config'], session: Session): void {
  const { trigger } = config;
  if (typeof trigger !== 'object' || trigger === null || !('include' in trigger)) return;
  const items = Array.isArray(trigger.include) ? trigger.include : [trigger.include];
  for (const item of items) {
    if (typeof item === 'string' || 'local' in item) continue;
    const kind = Object.keys(item)[0] ?? 'this kind';
    const message = `job "${name}": trigger:include:${kind} is not supported yet`;
    session.problems.add(
      { code: 'not-supported', message, path: `jobs.${name}.trigger.include`, hint: 'local works' },
      { node: item },
    );
  }
}
