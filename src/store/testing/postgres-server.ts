import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL of our own in a private directory, reached by a socket in it, without a port. What it held is gone when it stops. */
export interface PostgresServer {
  /** `postgres` is there; others have to be made first. */
  urlOf(database: string): string;
  /** `INT` cuts all connections and goes on from a clean state; `QUIT` leaves at once and recovers, as after a crash. */
  restart(how: 'INT' | 'QUIT'): Promise<void>;
  /** What it has said so far. */
  readLog(): string;
  stop(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const SETTINGS = ['listen_addresses=', 'max_connections=200', 'shared_buffers=32MB'];
/** Tests do not pull plugs; the system keeps what a killed server had written. */
const FAST = 'fsync=off';
const USER = 'epilogue';

/**
 * Makes and runs the server until its standard input ends, which it does with whoever started it, killed or not; then nothing of it is left. A line on
 * the input is a signal after which the server is started again.
 */
const GUARD = `
trap '' INT HUP TERM
dir=$1; data=$2; bin=$3; shift 3
end() { kill -QUIT "$server" 2>/dev/null; wait "$server"; rm -rf "$dir" "$data"; }
start() { "$bin/postgres" -D "$data" -k "$dir" "$@" >>"$dir/log" 2>&1 </dev/null & server=$!; }
"$bin/initdb" -D "$data" -U ${USER} -A trust -E UTF8 --no-locale --no-sync --no-instructions >>"$dir/log" 2>&1 || exit 1
start "$@"
while read -r how; do kill -"$how" "$server" 2>/dev/null; wait "$server"; start "$@"; done
end`;

/** What is not there, as a reason to print; null when one can be started. */
export function missingPostgres(): string | null {
  return findPrograms() === null ? 'initdb and postgres not installed' : null;
}

export interface PostgresOptions {
  /** As one has it in earnest, for measuring. */
  readonly isDurable?: boolean;
  /** Where all that it keeps lies, made by the server; by default beside its socket. */
  readonly dataDir?: string;
}

export async function startPostgresServer({
  isDurable = false,
  dataDir,
}: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = findPrograms();
  if (programs === null) throw new Error('initdb and postgres are not installed');
  // The server refuses root, and root's TMPDIR may be closed to others.
  const user = process.getuid?.() === 0 ? findServerUser() : null;
  const dir = mkdtempSync(join(user === null ? tmpdir() : '/tmp', 'epilogue-pg-'));
  if (user !== null) chownSync(dir, user.uid, user.gid);
  const settings = [...SETTINGS, ...(isDurable ? [] : [FAST])].flatMap((setting) => ['-c', setting]);
  const guard = spawn('sh', ['-c', GUARD, 'sh', dir, dataDir ?? join(dir, 'data'), programs, ...settings], {
    ...user,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['pipe', 'ignore', 'ignore'],
    // It outlives Ctrl-C and whoever kills our group.
    detached: true,
  });
  const stop = (): Promise<void> => stopGuard(guard, dir);
  const urlOf = (database: string): string => `postgres:///${database}?host=${dir}&user=${USER}`;
  const server: PostgresServer = {
    urlOf,
    async restart(how) {
      // Null: it has ended by itself.
      const before = await startedAt(urlOf('postgres')).catch(() => null);
      guard.stdin?.write(`${how}\n`);
      await untilAnswers(guard, dir, urlOf('postgres'), before);
    },
    readLog: () => readLog(dir),
    stop,
  };
  try {
    await untilAnswers(guard, dir, urlOf('postgres'), null);
  } catch (error) {
    await stop();
    throw error;
  }
  return server;
}

async function untilAnswers(guard: ChildProcess, dir: string, url: string, before: string | null): Promise<void> {
  const until = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const started = await startedAt(url).catch(() => before);
    if (started !== before) return;
    if (hasEnded(guard) || performance.now() > until) throw new Error(`PostgreSQL did not start: ${readLog(dir)}`);
    await sleep(20);
  }
}

async function startedAt(url: string): Promise<string> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('select pg_postmaster_start_time()::text as at');
    return rows[0].at;
  } finally {
    await client.end();
  }
}

async function stopGuard(guard: ChildProcess, dir: string): Promise<void> {
  guard.stdin?.end();
  const until = performance.now() + STOP_TIMEOUT_MS;
  while (!hasEnded(guard)) {
    if (performance.now() > until) throw new Error(`PostgreSQL did not stop: ${readLog(dir)}`);
    await sleep(10);
  }
  rmSync(dir, { recursive: true, force: true });
}

function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

function readLog(dir: string): string {
  try {
    return readFileSync(join(dir, 'log'), 'utf8').slice(-20_000);
  } catch {
    return 'no log';
  }
}

function findPrograms(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

function findServerUser(): { readonly uid: number; readonly gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const [, , uid = '65534', gid = '65534'] = users.find((line) => line.startsWith('postgres:'))?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
