import type { Clock } from '../base/index.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** The database file, or the address of a PostgreSQL database (`postgres://…`). */
  readonly database: { readonly file: string } | { readonly url: string };
  /** Where the key lies that secrets are sealed with; made (mode 0600) with a new database, and then to be kept with its backups. */
  readonly keyFile: string;
  readonly clock: Clock;
  /** PostgreSQL: whose time counts, `database` when left out. SQLite is on the machine whose clock was passed in. */
  readonly time?: 'database' | 'clock';
  /** PostgreSQL: at most so many connections beside the one that listens. */
  readonly connections?: number;
}

/** What a replica needs to keep the processor of a small database server busy; more only wait for each other there. */
const DEFAULT_CONNECTIONS = 10;

/** Opens the database, and brings it to this program's schema. Throws a `Failure` (see `store-failure.ts`) when it may not or cannot. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { database, keyFile, clock, time = 'database', connections = DEFAULT_CONNECTIONS } = options;
  if ('file' in database) return openSqlite({ file: database.file, keyFile, clock });
  // Loaded when used: the embedded store needs none of it.
  const { openPostgres } = await import('./postgres/open-postgres.ts');
  return openPostgres({ url: database.url, keyFile, clock, time, connections });
}
