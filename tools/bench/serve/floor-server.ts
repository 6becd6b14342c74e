import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import pg from 'pg';

/** The least that a coordinator could do: the same HTTP library, and one row committed durably for every request. `FILE` or `postgres://…`. */
const [database = ''] = process.argv.slice(2);
const commit = database.startsWith('postgres:') ? await openPostgres(database) : openFile(database);
const app = Fastify();
app.post('/', async (request) => {
  await commit(JSON.stringify(request.body));
  return { ok: true };
});
console.log(`floor on ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
process.once('SIGTERM', () => process.exit(0));

function openFile(file: string): (text: string) => Promise<void> {
  const db = new DatabaseSync(file);
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table rows (id integer primary key, text text)',
  );
  const insert = db.prepare('insert into rows (text) values (?)');
  return async (text) => void insert.run(text);
}

async function openPostgres(url: string): Promise<(text: string) => Promise<void>> {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await pool.query('create table if not exists floor_rows (id bigserial primary key, text text)');
  return async (text) => void (await pool.query('insert into floor_rows (text) values ($1)', [text]));
}
