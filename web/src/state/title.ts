import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Status } from '../../../src/protocol/index.ts';
import { withoutTurns } from '../words/plain-text.ts';

/** What the present view is about: `#812 fix login race · ana/shop`. */
export const title = signal('');

/** How that stands, for the icon of the tab; null: it is of no one state. */
export const titleStatus = signal<Status | null>(null);

/** Names the window while the view is there. `status`: of what the view is about, where that has one; the icon of the tab shows it. */
export function useTitle(text: string, status: Status | null = null): void {
  useEffect(() => {
    title.value = withoutTurns(text);
    document.title = title.value === '' ? 'Epilogue' : `${title.value} · Epilogue`;
  }, [text]);
  useEffect(() => {
    titleStatus.value = status;
    return () => {
      titleStatus.value = null;
    };
  }, [status]);
}
