import { type Job, keyword } from '../config/job.ts';
import type { Session } from '../session.ts';
import { JOB_KEYWORDS } from '../shape/job.ts';
import { isGiven } from './is-given.ts';

const KEYS = ['image', 'services'] as const;

/** Says once, where it stands first, that images and services have no effect where jobs run straight on a machine. */
export function warnImages(jobs: readonly Job[], { checks, context, problems }: Session): void {
  if (context.ignoresImages !== true) return;
  const used = KEYS.filter((key) => checks.met(JOB_KEYWORDS[key]) && jobs.some((job) => isGiven(keyword(job, key))));
  const [first] = used;
  if (first === undefined) return;
  const concerned = jobs.filter((job) => used.some((key) => isGiven(keyword(job, key))));
  const count = concerned.length === 1 ? '1 job runs' : `${concerned.length} jobs run`;
  const verb = used.length === 1 && first === 'image' ? 'has' : 'have';
  const message = `${used.join(' and ')} ${verb} no effect here: ${count} on this machine itself, not in containers`;
  const job = jobs.find((one) => isGiven(keyword(one, first)));
  const node = isGiven(job?.config[first]) ? job.config : job?.defaults;
  problems.add({ code: 'no-containers', message, path: first, severity: 'warning' }, { node, key: first });
}
