/** What the names of drafts begin with, among all that the session keeps. */
const PREFIX = 'ci-file ';

let isOver = false;

/** @returns what was kept under this name in this tab's session; null: nothing, or the browser keeps nothing */
export function readDraft(name: string): string | null {
  try {
    return sessionStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keeps a text for this tab's session. One that is too large for it is not kept. @param text null: nothing is to be kept */
export function keepDraft(name: string, text: string | null): void {
  try {
    if (text === null || isOver) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, text);
  } catch {
    // Where the browser keeps nothing, nothing is there to be removed.
  }
}

/** Whoever has signed out leaves no text to the next one. Until the page is loaded anew none is kept: a field that still stands must not put it back. */
export function forgetDrafts(): void {
  isOver = true;
  try {
    const kept = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
    for (const key of kept) sessionStorage.removeItem(key);
  } catch {
    // See above.
  }
}
