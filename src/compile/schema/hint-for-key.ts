import { didYouMean } from '../../base/index.ts';

/** Keys that GitLab once knew, and what took their place where it may stand. */
const REPLACED: ReadonlyMap<string, { readonly by: string; readonly how?: string }> = new Map([
  ['type', { by: 'stage' }],
  ['types', { by: 'stages' }],
  ['cobertura', { by: 'coverage_report', how: ' with coverage_format: cobertura and path' }],
]);

/** What somebody who wrote an unknown key most likely meant, among those that may stand there. */
export function hintForKey(key: string, known: Iterable<string>): { hint?: string } {
  const choices = [...known];
  const replaced = REPLACED.get(key);
  if (replaced === undefined || !choices.includes(replaced.by)) return didYouMean(key, choices);
  return { hint: `GitLab has removed it: write "${replaced.by}"${replaced.how ?? ''}` };
}
