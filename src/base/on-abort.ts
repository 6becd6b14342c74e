/** Calls it once, when the signal aborts, or now where it has: a listener alone is never told of that. @returns how to call it off */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  const once = (): void => act();
  if (signal.aborted) once();
  else signal.addEventListener('abort', once, { once: true });
  return () => signal.removeEventListener('abort', once);
}
