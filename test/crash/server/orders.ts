/** Right before a commit and right after it. */
export type Side = 'before' | 'after';

/** Where something happens to a server. */
export interface Points {
  /** It dies, or its disk becomes full. */
  readonly deed: 'die' | 'fill';
  /** On each side of whatever a commit can do, so many times. */
  readonly most: number;
  /** Of these, one in so many, drawn by the seed. */
  readonly share: number;
  readonly seed: number;
  /** Only here, `ASPECT SIDE`; null: at all of these. */
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
  /** How often it has happened so far, by `ASPECT SIDE`. */
  readonly strikes: Readonly<Record<string, number>>;
  /** When the campaign began, UTC ms. */
  readonly startedAt: number;
  readonly path: string;
  /** The file that fills the disk. */
  readonly ballast: string;
}

/** Where it happened. What a server writes, as one line of JSON, before it kills itself. */
export interface Strike {
  /** What the commit does, a word each. */
  readonly aspects: readonly string[];
  readonly side: Side;
}

/** Asked over IPC; answered with the same `id`. */
export type Question =
  | { readonly id: number; readonly ask: 'token' | 'effects' | 'stop' }
  | { readonly id: number; readonly ask: 'pass'; readonly ms: number };

export type Told =
  | { readonly tell: 'loaded' }
  | { readonly tell: 'filled'; readonly strike: Strike }
  | { readonly tell: 'listening'; readonly address: string }
  | { readonly tell: 'answer'; readonly id: number; readonly value: string | number | null };
