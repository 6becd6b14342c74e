import { AttemptLimiter, type Gate } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { findProjectAccess } from './find-project-access.ts';
import { readJobToken } from './read-job-token.ts';
import { readSession } from './read-session.ts';
import { readToken } from './read-token.ts';
import { createUseNotes } from './use-notes.ts';

/**
 * So many credentials that are nobody's, and whoever shows one more from that address is told to wait. Not for long: gitlab-runner keeps one of its workers
 * waiting meanwhile, which is one less for the good runners in its configuration.
 */
const MOST_WRONG = 60;
const WINDOW_MS = 10_000;

/** Who is asking, and what they are to a project: read from the store at every request, so that a revoked credential is dead at once. */
export function makeGate(parts: Pick<Parts, 'store' | 'clock' | 'log'>): Gate {
  const notes = createUseNotes(parts);
  return {
    credentials: {
      byToken: (token) => readToken(parts, notes, token),
      byJobToken: (token) => readJobToken(parts, token),
      bySession: (cookie) => readSession(parts, notes, cookie),
    },
    projects: { find: (name, user) => findProjectAccess(parts, name, user) },
    wrongCredentials: new AttemptLimiter(parts.clock, MOST_WRONG, WINDOW_MS),
  };
}
