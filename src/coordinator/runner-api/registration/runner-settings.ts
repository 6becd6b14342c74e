import type { RunnerSettings } from '../../../store/index.ts';
import { badParameters, invalid } from '../../http/index.ts';
import { type Loose, listOf, textOf, truthOf, wholeOf } from '../loose-values.ts';

const LONGEST = 1024;
const MOST_TAGS = 50;
/** s; GitLab takes no shorter ones. */
const SHORTEST_TIMEOUT = 600;

export const NEW_RUNNER: RunnerSettings = {
  description: '',
  tags: [],
  runUntagged: true,
  isProtected: false,
  isLocked: false,
  isPaused: false,
  maximumTimeoutS: null,
  maintenanceNote: null,
};

/** What a body says of a runner, over what stands. @throws HttpError 400 in GitLab's words */
export function readRunnerSettings(body: Loose, before: RunnerSettings): RunnerSettings {
  const active = truthOf(body.active);
  const settings: RunnerSettings = {
    description: (textOf(body.description) ?? before.description).slice(0, LONGEST),
    tags: body.tag_list === '' ? [] : (listOf(body.tag_list) ?? before.tags),
    runUntagged: truthOf(body.run_untagged) ?? before.runUntagged,
    isProtected: readAccess(body.access_level) ?? before.isProtected,
    isLocked: truthOf(body.locked) ?? before.isLocked,
    isPaused: truthOf(body.paused) ?? (active === undefined ? before.isPaused : !active),
    maximumTimeoutS: readTimeout(body.maximum_timeout, before.maximumTimeoutS),
    maintenanceNote: (textOf(body.maintenance_note) ?? before.maintenanceNote)?.slice(0, LONGEST) ?? null,
  };
  if (settings.tags.length === 0 && !settings.runUntagged) {
    throw invalid({ tags_list: ['can not be empty when runner is not allowed to pick untagged jobs'] });
  }
  if (settings.tags.length > MOST_TAGS)
    throw invalid({ tags_list: [`Too many tags specified. Please limit the number of tags to ${MOST_TAGS}`] });
  return settings;
}

function readAccess(value: unknown): boolean | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (value === 'ref_protected') return true;
  if (value === 'not_protected') return false;
  throw badParameters('access_level does not have a valid value (allowed: not_protected, ref_protected)');
}

/** 0, as `gitlab-runner register` sends it, is no limit. */
function readTimeout(value: unknown, before: number | null): number | null {
  if (value === null) return null;
  const seconds = wholeOf(value);
  if (seconds === undefined) return before;
  if (seconds === 0) return null;
  if (seconds < SHORTEST_TIMEOUT) throw invalid({ maximum_timeout: ['needs to be at least 10 minutes'] });
  return seconds;
}
