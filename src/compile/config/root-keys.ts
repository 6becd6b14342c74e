import { hintForKey } from '../schema/hint-for-key.ts';
import { DEFAULT_KEYWORD_TABLE } from '../shape/job.ts';
import { ROOT_KEYWORDS } from '../shape/root.ts';

const RESERVED: ReadonlySet<string> = new Set(['default', 'spec', ...Object.keys(ROOT_KEYWORDS)]);

/** Words that YAML or Ruby takes for something else than a name. Source: GitLab's reserved names. */
const NOT_NAMES: ReadonlySet<string> = new Set(['true', 'false', 'nil', 'null', '~', '']);

/** A root key that is not a job. */
export function isReserved(key: string): boolean {
  return RESERVED.has(key);
}

/** Jobs whose name starts with a dot are templates: they never run and may hold anything. */
export function isHidden(key: string): boolean {
  return key.startsWith('.');
}

export function isImpossibleName(key: string): boolean {
  return NOT_NAMES.has(key);
}

/** For a root key that cannot be a job: what was meant, if that can be told. */
export function hintForRootKey(key: string): { hint?: string } {
  if (DEFAULT_KEYWORD_TABLE.has(key)) return { hint: `"${key}" belongs into default or into a job` };
  return hintForKey(key, RESERVED);
}
