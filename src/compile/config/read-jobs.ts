import { suggest } from '../../base/index.ts';
import { checkJob } from '../check/check-job.ts';
import { DEFAULT_STAGE } from '../check/stages.ts';
import { LIMITS } from '../limits.ts';
import { checkKeywords } from '../schema/check-keywords.ts';
import type { Session } from '../session.ts';
import { JOB_KEYWORD_TABLE, type JobConfig } from '../shape/job.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import { isMapping, type Mapping, UNREADABLE } from '../yaml/mapping.ts';
import { flattenJob } from './flatten-lists.ts';
import { defaultsPicker, type Job } from './job.ts';
import type { RootConfig } from './read-root.ts';
import { hintForRootKey, isHidden, isImpossibleName, isReserved } from './root-keys.ts';

/** The jobs of the file, each checked by itself. */
export function readJobs(merged: RootMap, root: RootConfig, session: Session): readonly Job[] {
  const jobs: Job[] = [];
  const defaultsOf = defaultsPicker(root.defaults);
  let visible = 0;
  for (const [name, value] of merged) {
    if (isReserved(name)) continue;
    if (isHidden(name)) {
      checkTemplate(name, value, merged, session);
      continue;
    }
    visible++;
    checkName(name, merged, session);
    const config = readConfig(name, value, merged, session);
    if (config === null) continue;
    const job = {
      name,
      order: jobs.length,
      stage: config.stage ?? DEFAULT_STAGE,
      config,
      defaults: defaultsOf(config),
    };
    checkJob(job, merged, root, session);
    jobs.push(job);
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

/** A template may hold anything but nothing. */
function checkTemplate(name: string, value: unknown, merged: RootMap, { problems }: Session): void {
  const isBlank =
    value === null || value === false || (typeof value === 'string' && value.trim() === '') || isEmpty(value);
  if (!isBlank) return;
  problems.add({ code: 'empty-template', message: `"${name}" is empty`, path: name }, { node: merged, key: name });
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isMapping(value) && Object.keys(value).length === 0;
}

function readConfig(name: string, value: unknown, merged: RootMap, session: Session): JobConfig | null {
  const { problems, checks } = session;
  // What could not be read was reported where that was noticed.
  if (value === UNREADABLE) return null;
  if (!isMapping(value)) {
    const message = `"${name}" is neither a keyword nor a job: a job is a mapping with a script`;
    problems.add(
      { code: 'bad-job', message, path: `jobs.${name}`, ...hintForRootKey(name) },
      { node: merged, key: name },
    );
    return null;
  }
  const owner = () => ({ subject: `job "${name}"`, path: `jobs.${name}` });
  const misfits = checkKeywords(value, JOB_KEYWORD_TABLE, checks, { problems, owner });
  return flattenJob(misfits.length === 0 ? value : withoutMisfits(value, misfits), session) as JobConfig;
}

/** What does not fit is known; the rest of the job is worth checking, and other jobs may need this one. */
function withoutMisfits(value: Mapping, misfits: readonly string[]): Mapping {
  const rest = { ...value };
  for (const key of misfits) delete rest[key];
  // A script that does not fit is still a script.
  if (rest.script === undefined && rest.trigger === undefined && misfits.some(isAction))
    rest.script = UNREADABLE_SCRIPT;
  return rest;
}

const UNREADABLE_SCRIPT = ['exit 1'];

function isAction(key: string): boolean {
  return key === 'script' || key === 'trigger' || key === 'run' || suggest(key, ['script', 'trigger']) !== undefined;
}
