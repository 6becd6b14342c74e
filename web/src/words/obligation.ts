import type { AnswerOf } from '../api/call.ts';
import type { StatusWord } from './status.ts';

export type Obligation = AnswerOf<'GET /api/v4/obligations'>[number];
export type ObligationState = Obligation['state'];

export const OBLIGATION_WORDS: Readonly<Record<ObligationState, StatusWord>> = {
  open: { word: 'open', hue: 'warn' },
  failed: { word: 'failed', hue: 'bad' },
  timed_out: { word: 'timed out', hue: 'bad' },
  skipped: { word: 'skipped', hue: 'bad' },
  lost: { word: 'lost', hue: 'bad' },
};

/** In a sentence, why a cleanup is on the list; the deadline of an open one is for the view to say. */
export function storyOf({ state, phase, cleanup, runner }: Obligation): string {
  const where = runner === null ? 'Its runner is gone' : `Runner ${runner.description || `#${runner.id}`}`;
  switch (state) {
    case 'open':
      if (phase === 'teardown') return `${where} is cleaning up.`;
      return runner === null ? 'Waits for a runner that cleans up.' : `${where} runs the script; cleanup follows.`;
    case 'failed':
      return cleanup?.exit_code == null
        ? 'after_script failed.'
        : `after_script ended with exit code ${cleanup.exit_code}.`;
    case 'timed_out':
      return 'after_script ran out of time.';
    case 'skipped':
      return `Skipped by ${cleanup?.skipped_by ?? 'somebody'}${cleanup?.reason ? `: ${cleanup.reason}` : ''}.`;
    case 'lost':
      return `${where} did not come back, and no other could take it over.`;
  }
}

/** What a runner that had been given up has said since; null: nothing. */
export function lateStoryOf({ cleanup }: Obligation): string | null {
  const late = cleanup?.late;
  if (late == null) return null;
  return `Its runner came back: the cleanup ${late.outcome === 'succeeded' ? 'succeeded' : late.outcome.replace('_', ' ')} all the same.`;
}
