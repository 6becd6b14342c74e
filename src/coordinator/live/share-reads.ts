/**
 * Watchers of one thing wake at one hint and ask for the same: they share one read. Only a read that has not begun is joined, so that nobody is given what was
 * read before the hint that woke him.
 */
export type ShareReads = <T>(key: string, read: () => Promise<T>) => Promise<T>;

export function createShare(): ShareReads {
  const waiting = new Map<string, Promise<unknown>>();
  return <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const joined = waiting.get(key);
    // Whoever uses a key reads the same by it.
    if (joined !== undefined) return joined as Promise<T>;
    const shared = new Promise<T>((resolve, reject) => {
      setImmediate(() => {
        waiting.delete(key);
        read().then(resolve, reject);
      });
    });
    waiting.set(key, shared);
    return shared;
  };
}
