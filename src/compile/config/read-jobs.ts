import { checkJob } from '../check/check-job.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import { checkKeywords } from '../shape/check-keywords.ts';
import { JOB_KEYWORDS, type JobConfig } from '../shape/job.ts';
import type { RootMap } from '../yaml/compose.ts';
import { isMapping } from '../yaml/mapping.ts';
import { applyDefaults } from './apply-defaults.ts';
import type { RootConfig } from './read-root.ts';
import { isHidden, isImpossibleName, isReserved } from './root-keys.ts';

/** A visible job with everything it extends and inherits. */
export interface Job {
  readonly name: string;
  readonly stage: string;
  readonly config: JobConfig;
}

/** The jobs of the file, each checked by itself. One that does not fit is left out; its problems are on the list. */
export function readJobs(merged: RootMap, root: RootConfig, session: Session): readonly Job[] {
  const jobs: Job[] = [];
  let visible = 0;
  for (const [name, value] of merged) {
    if (isReserved(name) || isHidden(name)) continue;
    visible++;
    const job = readJob(name, value, merged, root, session);
    if (job !== null) jobs.push(job);
  }
  if (visible === 0) {
    const message = 'the file has no job: every key is a keyword, or a template whose name starts with "."';
    session.problems.add({ code: 'no-jobs', message }, { node: merged });
  }
  return jobs;
}

function readJob(name: string, value: unknown, merged: RootMap, root: RootConfig, session: Session): Job | null {
  const { problems, checks } = session;
  const path = `jobs.${name}`;
  if (!isMapping(value)) {
    const message = `"${name}" is neither a keyword nor a job: a job is a mapping with a script`;
    problems.add({ code: 'bad-job', message, path }, { node: merged, key: name });
    return null;
  }
  if (isImpossibleName(name))
    problems.add(
      { code: 'reserved-name', message: `a job cannot be called "${name}"`, path },
      { node: merged, key: name },
    );
  if (name.length > LIMITS.jobNameChars) {
    const message = `a job name has at most ${LIMITS.jobNameChars} characters; this one has ${name.length}`;
    problems.add({ code: 'name-too-long', message, path }, { node: merged, key: name });
  }
  const table = { keywords: JOB_KEYWORDS, subject: `job "${name}"`, path };
  if (!checkKeywords(value, table, checks, problems)) return null;
  const config = applyDefaults(value as JobConfig, root.defaults);
  const job = { name, stage: config.stage ?? 'test', config };
  return checkJob(job, { node: merged, key: name }, root, session) ? job : null;
}
