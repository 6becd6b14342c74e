/** What the stream needs of a browser; tests bring their own. */
export interface World {
  fetch(
    url: string,
    init: { readonly signal: AbortSignal; readonly headers: Record<string, string> },
  ): Promise<Response>;
  /** UTC ms, by this machine's clock. */
  now(): number;
  /** Runs it once after so many ms, unless it is cancelled. */
  after(ms: number, run: () => void): () => void;
  /** From 0 to 1. */
  random(): number;
}

/** One thing that a view shows and wants to hear of. */
export interface Watcher {
  /** `pipeline:812`; asked for each time the stream is opened, because a log is read on from another line then. */
  name(): string;
  /** `refused` (`{status}`): it may not be watched; `end`: nothing more will come. After either it is not called again. */
  hear(event: string, data: unknown): void;
  /** Asks for it once, while nobody looks at the tab. Resolves to whether it is still unfinished. */
  glance?(): Promise<boolean>;
}

/**
 * How the page stands to the server. `lost`: nothing has been heard since then (UTC ms by this machine's clock), it is asked again and again; nothing may
 * count down or move meanwhile. `refused`: with which status, it is not asked again by itself. `away`: let go, because nobody looks. `over`: nothing
 * that is watched will change any more. `idle`: nothing is watched.
 */
export type Link =
  | { readonly kind: 'idle' | 'live' | 'away' | 'over' }
  | { readonly kind: 'connecting' | 'lost'; readonly since: number }
  | { readonly kind: 'refused'; readonly status: number };

export interface LiveOptions {
  /** Of the stream's route. */
  readonly address: string;
  onLink(link: Link): void;
  /** Headers of each answer: who the server takes the browser for, and which version it is. */
  onAnswer(answer: { readonly status: number; readonly headers: Headers }): void;
  /** What a watcher threw. */
  onBug(error: unknown): void;
  /** Runs what came at once in one go, so that it is drawn once. */
  inOne(run: () => void): void;
}
