import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { JobConfig, JobKeyword } from '../shape/job.ts';
import { isGiven } from './is-given.ts';

export type Complain = (code: string, message: string, key?: JobKeyword, hint?: { hint?: string }) => void;

/** What single keywords must keep beyond their shape, in a job or in `default`. */
export function checkValues(config: JobConfig, session: Session, complain: Complain): void {
  checkTimeout(config, session, complain);
  checkArtifacts(config, session, complain);
  if ((config.tags?.length ?? 0) > LIMITS.tags) complain('too-many-tags', `more than ${LIMITS.tags} tags`, 'tags');
}

function checkTimeout({ timeout }: JobConfig, session: Session, complain: Complain): void {
  if (!isGiven(timeout)) return;
  const parsed = session.duration(timeout);
  if (!parsed.ok) complain('bad-duration', `timeout: ${parsed.message}`, 'timeout');
  else if (parsed.ms <= 0) complain('bad-duration', 'timeout must be longer than nothing', 'timeout');
}

function checkArtifacts({ artifacts }: JobConfig, session: Session, complain: Complain): void {
  if (!isGiven(artifacts)) return;
  if (isGiven(artifacts.expire_in)) {
    const parsed = session.expiry(artifacts.expire_in);
    if (!parsed.ok) complain('bad-duration', `artifacts.expire_in: ${parsed.message}`, 'artifacts');
  }
  if (isGiven(artifacts.public) && isGiven(artifacts.access)) {
    complain('bad-artifacts', 'artifacts: "public" and "access" exclude each other', 'artifacts');
  }
  if (!isGiven(artifacts.expose_as)) return;
  const paths = artifacts.paths ?? [];
  if (paths.length === 0 || paths.some((path) => path.includes('*'))) {
    complain('bad-artifacts', 'artifacts: expose_as needs paths without "*"', 'artifacts');
  }
}
