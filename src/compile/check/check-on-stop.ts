import { didYouMean } from '../../base/index.ts';
import type { Job } from '../config/job.ts';
import type { Session } from '../session.ts';
import type { EnvironmentConfig } from '../shape/deploy.ts';

/** The job that stops an environment must exist, be about the same environment and say that it stops it. */
export function checkOnStop(
  job: Job,
  environment: EnvironmentConfig,
  jobs: ReadonlyMap<string, Job>,
  { problems }: Session,
): void {
  if (typeof environment === 'string' || !environment.on_stop) return;
  const { name, on_stop: stopper } = environment;
  const complain = (code: string, text: string, hint = {}) => {
    const finding = { code, message: `job "${job.name}": on_stop names "${stopper}", ${text}`, ...hint };
    const path = `jobs.${job.name}.environment.on_stop`;
    problems.add({ ...finding, path }, { node: environment, key: 'on_stop', part: 'value' });
  };
  const target = jobs.get(stopper);
  if (target === undefined) {
    complain('unknown-on-stop', 'which does not exist', didYouMean(stopper, jobs.keys()));
    return;
  }
  const other = target.config.environment;
  const otherName = typeof other === 'string' ? other : other?.name;
  if (otherName !== name) complain('bad-on-stop', 'which has another environment');
  else if (typeof other !== 'object' || other?.action !== 'stop')
    complain('bad-on-stop', 'whose environment:action is not stop');
}
