/** Right before a commit and right after it. */
export type Side = 'before' | 'after';

/** Where a server is to die. */
export interface Points {
  /** On each side of each kind of commit, at most so many times. */
  readonly most: number;
  /** One point in so many, drawn by the seed. */
  readonly share: number;
  readonly seed: number;
  /** Only at this one, `KIND SIDE`; null: at all of these. */
  readonly only: string | null;
}

/** What a server is told when it begins. */
export interface Orders {
  readonly dataDir: string;
  /** Null: SQLite in the data directory. */
  readonly databaseUrl: string | null;
  /** By how much its clock is ahead of the machine's, ms. */
  readonly aheadMs: number;
  readonly points: Points;
  /** How often a server has been killed so far, by `KIND SIDE`. */
  readonly kills: Readonly<Record<string, number>>;
  readonly path: string;
}

/** What a server writes, as one line of JSON, before it kills itself. */
export interface Death {
  readonly kind: string;
  readonly side: Side;
  /** Of the lifecycle's table: what jobs did in that commit. */
  readonly moves: readonly string[];
}

/** Asked over IPC; answered with the same `id`. */
export type Question =
  | { readonly id: number; readonly ask: 'token' | 'effects' | 'stop' }
  | { readonly id: number; readonly ask: 'pass'; readonly ms: number };

export type Told =
  | { readonly tell: 'loaded' }
  | { readonly tell: 'listening'; readonly address: string }
  | { readonly tell: 'answer'; readonly id: number; readonly value: string | number | null };
