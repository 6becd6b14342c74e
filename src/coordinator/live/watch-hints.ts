import type { Clock } from '../../base/index.ts';
import type { Hint, HintKind, Store } from '../../store/index.ts';

/** What somebody waits for news of. */
export interface Subject {
  readonly kind: Extract<HintKind, 'pipeline' | 'project' | 'log' | 'access' | 'settings'>;
  readonly id: number;
}

export interface Watch {
  /** `news`: there may be some, also such as came since the last call. `quiet`: none for so long. `over`: the watcher has gone. */
  next(ms: number): Promise<'news' | 'quiet' | 'over'>;
  end(): void;
}

/** As a subject's id: whichever. */
export const ANY = 0;

const KINDS = ['pipeline', 'project', 'log', 'access', 'settings'] as const;
const boards = new WeakMap<Store, Board>();

/** Calls `bell` at each hint of any of these, and when some may have been lost. @returns what ends it */
export function onHints(store: Store, subjects: readonly Subject[], bell: () => void): () => void {
  let board = boards.get(store);
  if (board === undefined) {
    board = new Board(store);
    boards.set(store, board);
  }
  const own = board;
  for (const subject of subjects) own.add(subject, bell);
  return () => {
    for (const subject of subjects) own.remove(subject, bell);
  };
}

/** Begins to listen for hints of any of these, until `end`. News before the first `next` is not lost. @param gone aborts when nobody watches any more */
export function watchHints(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  subjects: readonly Subject[],
  gone: AbortSignal,
): Watch {
  let hasNews = false;
  let wake: () => void = () => {};
  const bell = (): void => {
    hasNews = true;
    wake();
  };
  const stop = onHints(store, subjects, bell);
  const leave = (): void => wake();
  gone.addEventListener('abort', leave);
  return {
    async next(ms) {
      if (!hasNews && !gone.aborted) {
        const woken = new AbortController();
        // A thousand watchers wake at one hint: without a reason each would make an error with a stack, and a signal composed for each wait costs as much.
        wake = () => woken.abort('woken');
        await clock.sleep(ms, woken.signal);
      }
      if (gone.aborted) return 'over';
      if (!hasNews) return 'quiet';
      hasNews = false;
      return 'news';
    },
    end() {
      gone.removeEventListener('abort', leave);
      stop();
    },
  };
}

/** One listener a kind for all watchers of a process: a hint costs as much as there are watchers of just this pipeline or log. */
class Board {
  readonly #store: Store;
  readonly #bells = new Map<string, Set<() => void>>();
  #stop: readonly (() => void)[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  add({ kind, id }: Subject, bell: () => void): void {
    if (this.#bells.size === 0)
      this.#stop = KINDS.map((each) => this.#store.subscribe(each, (hint) => this.#hear(hint)));
    const key = `${kind} ${id}`;
    const bells = this.#bells.get(key);
    if (bells === undefined) this.#bells.set(key, new Set([bell]));
    else bells.add(bell);
  }

  remove({ kind, id }: Subject, bell: () => void): void {
    const key = `${kind} ${id}`;
    const bells = this.#bells.get(key);
    bells?.delete(bell);
    if (bells?.size === 0) this.#bells.delete(key);
    if (this.#bells.size > 0) return;
    for (const stop of this.#stop) stop();
    this.#stop = [];
  }

  #hear(hint: Hint | 'look'): void {
    if (hint === 'look') for (const bells of this.#bells.values()) for (const bell of bells) bell();
    else {
      for (const bell of this.#bells.get(`${hint.kind} ${hint.id}`) ?? []) bell();
      for (const bell of this.#bells.get(`${hint.kind} ${ANY}`) ?? []) bell();
    }
  }
}
