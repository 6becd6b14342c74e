import { Failure } from '../../../base/index.ts';
import type { DockerSettings, PullPolicy } from '../settings.ts';

interface Asked {
  /** Of the image, for messages. */
  readonly name: string;
  /** What the job says of it; empty: nothing. */
  readonly pullPolicy: readonly string[];
  readonly settings: Pick<DockerSettings, 'pullPolicy' | 'allowedPullPolicies'>;
}

/**
 * How an image is had: one after the other until one works. Of what is asked for, what is allowed is taken, as GitLab's runner does it.
 * @throws Failure `executor_unavailable` when that is none
 */
export function choosePullPolicies({ name, pullPolicy, settings }: Asked): readonly PullPolicy[] {
  const isOfJob = pullPolicy.length > 0;
  const asked = isOfJob ? pullPolicy : settings.pullPolicy;
  const allowed = settings.allowedPullPolicies ?? settings.pullPolicy;
  const chosen = asked.flatMap((one) => allowed.filter((policy) => policy === one));
  if (chosen.length > 0) return chosen;
  const where = isOfJob ? 'the job' : "the runner's settings";
  throw new Failure(
    'executor_unavailable',
    `invalid pull policy for image "${name}": pull_policy ([${asked.join(' ')}]) of ${where} is not one of the allowed_pull_policies ([${allowed.join(' ')}])`,
  );
}
