import type { Store } from '../../../store/index.ts';
import type { Principal } from '../../access/index.ts';
import { onHints, type Subject } from '../watch-hints.ts';

export interface AccessWatch {
  /** Aborts when they may no longer be what they were. */
  readonly changed: AbortSignal;
  end(): void;
}

/**
 * Watches what was judged when a stream began: who asks, and the projects that it is about. A stream ends when one of them has changed: whoever comes back
 * is judged anew, and let in again if it was nothing that matters.
 */
export function watchAccess(store: Store, principal: Principal, projectIds: readonly number[]): AccessWatch {
  const changed = new AbortController();
  const subjects: Subject[] = [...new Set(projectIds)].map((id) => ({ kind: 'settings', id }));
  if (principal.kind === 'user') subjects.push({ kind: 'access', id: principal.user.id });
  return { changed: changed.signal, end: onHints(store, subjects, () => changed.abort('access')) };
}
