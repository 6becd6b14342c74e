import type { Store } from '../../../store/index.ts';

/** Pushes of this process between their decision and the note that was taken of them. One a store, as long as that lives. */
export interface PushesUnderWay {
  has(projectId: number): boolean;
  /** Returns how to say that it is over; again is fine. */
  enter(projectId: number): () => void;
  /** One after the other in a project. */
  inTurn<T>(projectId: number, work: () => Promise<T>): Promise<T>;
}

const all = new WeakMap<Store, PushesUnderWay>();

export function pushesUnderWay(store: Store): PushesUnderWay {
  const found = all.get(store) ?? open();
  all.set(store, found);
  return found;
}

function open(): PushesUnderWay {
  const counts = new Map<number, number>();
  const turns = new Map<number, Promise<unknown>>();
  return {
    has: (projectId) => counts.has(projectId),
    enter(projectId) {
      counts.set(projectId, (counts.get(projectId) ?? 0) + 1);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        const left = (counts.get(projectId) ?? 1) - 1;
        if (left > 0) counts.set(projectId, left);
        else counts.delete(projectId);
      };
    },
    inTurn(projectId, work) {
      const turn = (turns.get(projectId) ?? Promise.resolve()).then(work, work);
      turns.set(projectId, turn);
      const forget = () => {
        if (turns.get(projectId) === turn) turns.delete(projectId);
      };
      turn.then(forget, forget);
      return turn;
    },
  };
}
