import { useEffect, useRef, useState } from 'preact/hooks';
import { keepDraft, readDraft } from '../../state/drafts.ts';
import { useRested } from '../../state/rested.ts';

export interface Draft {
  /** As it was a moment ago: what is checked. */
  readonly text: string;
  readonly isChanged: boolean;
  readonly change: (text: string) => void;
}

/** The text as somebody changes it, kept for the session: nothing here can be saved elsewhere. @param saved as it is in the repository */
export function useDraft(name: string, saved: string): Draft {
  const [typed, setTyped] = useState(() => readDraft(name) ?? saved);
  const text = useRested(typed);
  useEffect(() => keepDraft(name, text === saved ? null : text), [text]);
  const latest = useRef(typed);
  latest.current = typed;
  // Who goes elsewhere takes the last keys along.
  useEffect(() => () => keepDraft(name, latest.current === saved ? null : latest.current), []);
  const isChanged = typed !== saved;
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isChanged]);
  return { text, isChanged, change: setTyped };
}
