import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { withoutTurns } from '../words/plain-text.ts';

/** What the present view is about: `#812 fix login race · ana/shop`. */
export const title = signal('');

/** Names the window while the view is there. */
export function useTitle(text: string): void {
  useEffect(() => {
    title.value = withoutTurns(text);
    document.title = title.value === '' ? 'Epilogue' : `${title.value} · Epilogue`;
  }, [text]);
}
