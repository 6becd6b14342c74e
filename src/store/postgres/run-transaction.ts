import pg from 'pg';
import { type Clock, describeError } from '../../base/index.ts';
import { DATABASE_NOW, keepInstant } from '../connection/instants.ts';
import type { Migrated } from '../migrations/migrate.ts';
import type { Hint, Tx } from '../store.ts';
import { storeFailure } from '../store-failure.ts';
import { connectTo, databaseOf } from './postgres-connection.ts';
import { readTrouble, type Trouble } from './postgres-failure.ts';
import { toPayloads } from './wire-hints.ts';

export interface Surroundings {
  readonly pool: pg.Pool;
  readonly known: Migrated;
  readonly clock: Clock;
  readonly time: 'database' | 'clock';
  /** Names this process among those that listen, so that it does not hear its own hints twice. */
  readonly origin: string;
  readonly mode?: 'read' | 'write';
}

export interface Transacted<T> {
  readonly result: T;
  readonly published: readonly Hint[];
}

const BEGIN = { read: 'begin isolation level repeatable read read only', write: 'begin' } as const;

/** After these the connection is not used again. */
const LOST: readonly Trouble[] = ['unreachable', 'outdated'];

/** One transaction on a connection of its own. `commit_unknown` when the connection was lost after the commit was sent. */
export async function runTransaction<T>(
  { pool, known, clock, time, origin, mode = 'write' }: Surroundings,
  change: (tx: Tx) => Promise<T>,
): Promise<Transacted<T>> {
  const client = await connectTo(pool);
  const instant = { now: 0 };
  let state: 'open' | 'committing' | 'over' = 'open';
  try {
    const begun = await client.query(`${BEGIN[mode]}; select ${DATABASE_NOW} as now`);
    instant.now = (begun as unknown as [unknown, pg.QueryResult<{ now: number }>])[1].rows[0]?.now ?? 0;
    const published: Hint[] = [];
    const atCommit: (() => void)[] = [];
    const tx: Tx = {
      engine: 'postgres',
      query: databaseOf(client),
      ...known,
      now: () => (time === 'clock' ? clock.now() : instant.now),
      publish: (hint) => published.push(hint),
      onCommit: (run) => atCommit.push(run),
    };
    keepInstant(tx, (now) => {
      instant.now = Math.max(instant.now, now);
    });
    const result = await change(tx);
    // A snapshot that got lost at its end can be looked at again.
    if (mode === 'write') state = 'committing';
    await commit(client, origin, published);
    state = 'over';
    for (const run of atCommit) run();
    return { result, published };
  } catch (error) {
    if (state === 'committing' && readTrouble(error) === 'unreachable')
      throw storeFailure('commit_unknown', `the connection was lost during a commit: ${describeError(error)}`, error);
    if (!LOST.includes(readTrouble(error))) await client.query('rollback').then(() => (state = 'over'), nothing);
    throw error;
  } finally {
    client.release(state !== 'over');
  }
}

/** Hints and commit in one message. The server answers a COMMIT of a transaction that has failed with success and `ROLLBACK`. */
async function commit(client: pg.ClientBase, origin: string, published: readonly Hint[]): Promise<void> {
  const notes = toPayloads(origin, published).map(
    (payload) => `select pg_notify('epilogue', ${pg.escapeLiteral(payload)});`,
  );
  const answers = await client.query(`${notes.join('')} commit`);
  const last = [answers].flat().at(-1);
  if (last?.command !== 'COMMIT') throw new Error('bug: a statement of the transaction failed and the caller went on');
}

function nothing(): void {}
