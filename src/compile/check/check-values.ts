import { REGEX_HINT, splitRegex } from '../conditions/index.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { JobConfig, JobKeyword } from '../shape/job.ts';
import type { Place } from '../yaml/source-map.ts';
import { isGiven } from './is-given.ts';

/** `at` names a place inside the keyword's value when that says more than the keyword itself. */
export type Complain = (
  code: string,
  message: string,
  key?: JobKeyword,
  more?: { readonly hint?: string; readonly at?: Place },
) => void;

/** What single keywords must keep beyond their shape, in a job or in `default`. */
export function checkValues(config: JobConfig, session: Session, complain: Complain): void {
  checkTimeout(config, session, complain);
  checkArtifacts(config, session, complain);
  checkCoverage(config, session, complain);
  if ((config.tags?.length ?? 0) > LIMITS.tags) complain('too-many-tags', `more than ${LIMITS.tags} tags`, 'tags');
}

function checkTimeout({ timeout }: JobConfig, session: Session, complain: Complain): void {
  if (!isGiven(timeout)) return;
  const parsed = session.duration(timeout);
  if (!parsed.ok) complain('bad-duration', `timeout: ${parsed.message}`, 'timeout');
  else if (parsed.ms <= 0) complain('bad-duration', 'timeout must be longer than nothing', 'timeout');
}

function checkCoverage({ coverage }: JobConfig, session: Session, complain: Complain): void {
  const pattern = isGiven(coverage) ? splitRegex(coverage) : null;
  if (pattern === null || session.cache.regex(pattern.source, pattern.flags) !== null) return;
  complain('bad-regex', `coverage: \`${coverage}\` is not a valid regular expression`, 'coverage', {
    hint: REGEX_HINT,
  });
}

function checkArtifacts({ artifacts }: JobConfig, session: Session, complain: Complain): void {
  if (!isGiven(artifacts)) return;
  const at = (key: string) => ({ at: { node: artifacts, key } });
  if (isGiven(artifacts.expire_in)) {
    const parsed = session.expiry(artifacts.expire_in);
    if (!parsed.ok) complain('bad-duration', `artifacts.expire_in: ${parsed.message}`, 'artifacts', at('expire_in'));
  }
  if (isGiven(artifacts.public) && isGiven(artifacts.access)) {
    complain('bad-artifacts', 'artifacts: "public" and "access" exclude each other', 'artifacts', at('access'));
  }
  if (!isGiven(artifacts.expose_as)) return;
  const paths = artifacts.paths ?? [];
  if (paths.length === 0 || paths.some((path) => path.includes('*'))) {
    complain('bad-artifacts', 'artifacts: expose_as needs paths without "*"', 'artifacts', at('expose_as'));
  }
}
