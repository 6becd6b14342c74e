import { didYouMean, type Problem } from '../../base/index.ts';
import type { Job } from '../config/job.ts';
import type { Session } from '../session.ts';
import type { TriggerConfig } from '../shape/deploy.ts';
import { JOB_KEYWORDS } from '../shape/job.ts';
import type { Place } from '../yaml/source-map.ts';
import { isGiven } from './is-given.ts';

/** Reports what stands in the way of one trigger. */
type Complain = (finding: Pick<Problem, 'code' | 'message' | 'hint'>, place: Place) => void;

/**
 * Child pipelines that cannot be made: errors, since the pipeline would be another one without them. Where a job's rules leave it out
 * of this pipeline nothing is missing, and a warning says what the next pipeline will run into.
 */
export function checkTriggers(jobs: readonly Job[], isPlanned: (job: Job) => boolean, session: Session): void {
  if (!session.checks.met(JOB_KEYWORDS.trigger)) return;
  for (const job of jobs) {
    const { trigger } = job.config;
    if (!isGiven(trigger)) continue;
    const severity = isPlanned(job) ? 'error' : 'warning';
    checkTrigger(job, trigger, session, ({ message, ...finding }, place) => {
      const text = `job "${job.name}": ${message}${severity === 'warning' ? '; its rules leave it out this time' : ''}`;
      session.problems.add({ ...finding, message: text, path: `jobs.${job.name}.trigger`, severity }, place);
    });
  }
}

function checkTrigger({ config }: Job, trigger: TriggerConfig, session: Session, complain: Complain): void {
  const refuse = (what: string, place: Place) => {
    const hint = 'trigger:include of local files works';
    complain({ code: 'not-supported', message: `${what} is not supported yet`, hint }, place);
  };
  if (typeof trigger === 'string') {
    refuse('trigger:project', { node: config, key: 'trigger' });
    return;
  }
  if ('project' in trigger) refuse('trigger:project', { node: trigger, key: 'project' });
  if (!('include' in trigger)) return;
  const { include } = trigger;
  for (const [index, item] of (Array.isArray(include) ? include : [include]).entries()) {
    const place: Place = Array.isArray(include) ? { node: include, key: index } : { node: trigger, key: 'include' };
    const path = typeof item === 'string' ? item : 'local' in item ? item.local : null;
    if (path === null || /^https?:/.test(path)) refuse(`trigger:include:${kindOf(item)}`, place);
    else checkChildFile(path, session, (finding) => complain(finding, place));
  }
}

/** A path with variables or a wildcard is known only when the child pipeline is made. */
function checkChildFile(
  path: string,
  { context, projectFiles }: Session,
  complain: (finding: Parameters<Complain>[0]) => void,
): void {
  const file = path.replace(/^\/+/, '');
  if (/[$*]/.test(file) || context.read(file) !== null) return;
  const message = `trigger:include: the file "${file}" does not exist`;
  complain({ code: 'include-not-found', message, ...didYouMean(file, projectFiles()) });
}

function kindOf(item: object | string): string {
  if (typeof item === 'string') return 'remote';
  return ['template', 'artifact', 'project', 'component', 'remote'].find((kind) => kind in item) ?? 'this kind';
}
