import type { Session } from '../session.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import { isMapping } from '../yaml/mapping.ts';
import type { Place } from '../yaml/source-map.ts';

const INTERPOLATION = /\$\[\[\s*(\w+)[^\]]*\]\]/;

/**
 * `$[[ matrix.NAME ]]` in the needs of a job is refused. Elsewhere, and for inputs in a file without `spec`, GitLab leaves `$[[ … ]]` as it
 * stands; so do we, and say so.
 */
export function checkInterpolation(merged: RootMap, session: Session): void {
  if (!session.sources.contain('$[[')) return;
  const seen = new Set<object>();
  const look = (value: unknown, place: Place, isNeed: boolean) => {
    if (typeof value === 'string') lookAt(value, place, isNeed, session);
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) value.forEach((item, key) => void look(item, { node: value, key }, isNeed));
    if (!isMapping(value)) return;
    for (const key of Object.keys(value))
      look(value[key], { node: value, key, part: 'value' }, isNeed || key === 'needs');
  };
  for (const [key, value] of merged) look(value, { node: merged, key, part: 'value' }, false);
}

function lookAt(text: string, place: Place, isNeed: boolean, { problems }: Session): void {
  const found = INTERPOLATION.exec(text);
  if (found === null) return;
  const [written, kind] = found;
  if (isNeed && kind === 'matrix') {
    const hint = 'write the values out, or need all copies of the job';
    problems.add({ code: 'not-supported', message: `${written} is not supported yet`, hint }, place);
  } else if (kind === 'matrix' || kind === 'inputs' || kind === 'component') {
    const message = `${written} is not replaced here and stays as it is written`;
    problems.add({ code: 'not-replaced', message, severity: 'warning' }, place);
  }
}
