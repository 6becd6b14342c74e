/** Lets so many through at a time; the others wait in the order in which they came. */
export interface Gate {
  /** Runs `work` once there is room. Rejects with the signal's reason when it aborts before that. */
  pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createGate(room: number): Gate {
  let inside = 0;
  const waiting = new Set<() => void>();

  function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (inside < room) {
      inside += 1;
      return Promise.resolve();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => {
      waiting.delete(letIn);
      reject(signal.reason);
    };
    // Takes over the place of the one that leaves.
    const letIn = () => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    waiting.add(letIn);
    signal.addEventListener('abort', giveUp, { once: true });
    return promise;
  }

  function leave(): void {
    const [next] = waiting;
    if (next === undefined) inside -= 1;
    else {
      waiting.delete(next);
      next();
    }
  }

  return {
    async pass(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
