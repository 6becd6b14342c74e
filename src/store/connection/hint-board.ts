import { HINT_KINDS, type Hint, type HintKind, type HintListener } from '../store.ts';

/** Who in this process listens to which hints. */
export interface HintBoard {
  subscribe(kind: HintKind, listener: HintListener): () => void;
  /** What a listener throws is its own bug and keeps no other from hearing: it surfaces as an uncaught exception. */
  tell(hints: readonly Hint[]): void;
  /** Some hints may have been lost. */
  tellToLook(): void;
}

export function createHintBoard(): HintBoard {
  const listeners = new Map<HintKind, Set<HintListener>>(HINT_KINDS.map((kind) => [kind, new Set()]));
  const tellKind = (kind: HintKind, hint: Hint | 'look'): void => {
    for (const listener of [...(listeners.get(kind) ?? [])]) {
      try {
        listener(hint);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };
  return {
    subscribe(kind, listener) {
      // Wrapped, so that the same function may be given twice.
      const own: HintListener = (hint) => listener(hint);
      listeners.get(kind)?.add(own);
      return () => listeners.get(kind)?.delete(own);
    },
    tell(hints) {
      for (const hint of hints) tellKind(hint.kind, hint);
    },
    tellToLook() {
      for (const kind of HINT_KINDS) tellKind(kind, 'look');
    },
  };
}
