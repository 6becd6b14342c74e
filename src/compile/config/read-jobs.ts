import { checkJob } from '../check/check-job.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import { checkKeywords } from '../shape/check-keywords.ts';
import { JOB_KEYWORD_TABLE, type JobConfig } from '../shape/job.ts';
import type { RootMap } from '../yaml/compose.ts';
import { isMapping } from '../yaml/mapping.ts';
import { defaultsPicker, type Job } from './job.ts';
import type { RootConfig } from './read-root.ts';
import { isHidden, isImpossibleName, isReserved } from './root-keys.ts';

/** The jobs of the file, each checked by itself. One that does not fit is left out; its problems are on the list. */
export function readJobs(merged: RootMap, root: RootConfig, session: Session): readonly Job[] {
  const jobs: Job[] = [];
  const defaultsOf = defaultsPicker(root.defaults);
  let visible = 0;
  for (const [name, value] of merged) {
    if (isReserved(name) || isHidden(name)) continue;
    visible++;
    checkName(name, merged, session);
    const config = readConfig(name, value, merged, session);
    if (config === null) continue;
    const job = { name, order: jobs.length, stage: config.stage ?? 'test', config, defaults: defaultsOf(config) };
    if (checkJob(job, merged, root, session)) jobs.push(job);
  }
  if (visible === 0) {
    const message = 'the file has no job: every key is a keyword, or a template whose name starts with "."';
    session.problems.add({ code: 'no-jobs', message }, { node: merged });
  }
  return jobs;
}

function checkName(name: string, merged: RootMap, { problems }: Session): void {
  const path = `jobs.${name}`;
  if (isImpossibleName(name)) {
    problems.add(
      { code: 'reserved-name', message: `a job cannot be called "${name}"`, path },
      { node: merged, key: name },
    );
  }
  if (name.length <= LIMITS.jobNameChars) return;
  const message = `a job name has at most ${LIMITS.jobNameChars} characters; this one has ${name.length}`;
  problems.add({ code: 'name-too-long', message, path }, { node: merged, key: name });
}

function readConfig(name: string, value: unknown, merged: RootMap, { problems, checks }: Session): JobConfig | null {
  if (!isMapping(value)) {
    const message = `"${name}" is neither a keyword nor a job: a job is a mapping with a script`;
    problems.add({ code: 'bad-job', message, path: `jobs.${name}` }, { node: merged, key: name });
    return null;
  }
  const owner = () => ({ subject: `job "${name}"`, path: `jobs.${name}` });
  return checkKeywords(value, JOB_KEYWORD_TABLE, checks, { problems, owner }) ? (value as JobConfig) : null;
}
