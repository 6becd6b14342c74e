import type { ChangesClause, ExistsClause } from '../conditions/index.ts';
import type { Changes, Exists } from '../shape/rules.ts';

export function changesClause(changes: Changes | null | undefined): ChangesClause | null {
  if (changes === null || changes === undefined) return null;
  return 'paths' in changes
    ? { paths: changes.paths, compareTo: changes.compare_to ?? null }
    : { paths: changes, compareTo: null };
}

export function existsClause(exists: Exists | null | undefined): ExistsClause | null {
  if (exists === null || exists === undefined) return null;
  if (typeof exists === 'string') return { paths: [exists], project: null, ref: null };
  return 'paths' in exists
    ? { paths: exists.paths, project: exists.project ?? null, ref: exists.ref ?? null }
    : { paths: exists, project: null, ref: null };
}
