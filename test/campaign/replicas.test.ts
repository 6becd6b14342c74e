import { afterEach, beforeEach, expect, it } from 'vitest';
import { pace } from '../support/pace.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createChance } from './draw-trial.ts';
import { callAny } from './replicas/call.ts';
import { Ledger } from './replicas/ledger.ts';
import { runPlainRunner } from './replicas/plain-runner.ts';
import { type Pushed, pushOnAndOn } from './replicas/pusher.ts';
import { startTwoReplicas, type TwoReplicas } from './replicas/two-replicas.ts';

/** `bin/test` strikes a few times, `bin/test --long` fifty: once for twenty trials of the other campaign. */
const [seed = Date.now() % 1_000_000_000, first = 1, last = 160] = process.env.CAMPAIGN?.split(':').map(Number) ?? [];
const STRIKES = Math.ceil((last - first + 1) / 20);
const RUNNERS = 6;
const ENDED = new Set(['success', 'failed', 'canceled', 'skipped']);

interface Listed {
  readonly id: number;
  readonly status: string;
}

let both: TwoReplicas;
let ledger: Ledger;
let pushed: Pushed;
const stopping = new AbortController();

beforeEach(async () => {
  both = await startTwoReplicas();
  ledger = new Ledger();
  pushed = new Map();
}, 60_000);
afterEach(async () => {
  stopping.abort();
  await both.close();
});

async function api(method: string, path: string, body?: object): Promise<{ status: number; json: unknown }> {
  const { status, text } = await callAny(both, {
    method,
    path: `${both.projectApi}${path}`,
    headers: { 'private-token': both.token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status, json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
}

/** Makes a pipeline now and then, and cancels every fourth. */
async function useIt(signal: AbortSignal): Promise<void> {
  for (let count = 1; !signal.aborted; count += 1) {
    const { status, json } = await api('POST', '/pipeline', { ref: 'main' });
    if (status !== 201) {
      ledger.problems.push(`POST /pipeline: ${status} ${JSON.stringify(json)}`);
      return;
    }
    const { id } = json as Listed;
    ledger.pipelines.add(id);
    await pace(150);
    if (count % 4 === 0) {
      ledger.cancelled.add(id);
      const cancelled = await api('POST', `/pipelines/${id}/cancel`);
      if (cancelled.status !== 200) ledger.problems.push(`cancel of ${id}: ${cancelled.status}`);
    }
    await pace(150);
  }
}

const STRIKE_KINDS = ['kill', 'cut listeners', 'kill', 'restart database', 'kill', 'cut all'] as const;
type Struck = (typeof STRIKE_KINDS)[number] | 'crash database';

/** @returns what it did, and to how many. */
async function strike(turn: number): Promise<readonly [Struck, number]> {
  const kind = STRIKE_KINDS[turn % STRIKE_KINDS.length] ?? 'kill';
  if (kind === 'kill') {
    const victim = both.replicas[(turn / 2) % 2] as (typeof both.replicas)[0];
    await victim.end('SIGKILL');
    await victim.start();
    return [kind, 1];
  }
  if (kind === 'restart database') {
    const isCrash = turn % 12 < 6;
    await both.postgres.restart(isCrash ? 'QUIT' : 'INT');
    return [isCrash ? 'crash database' : kind, 1];
  }
  const which = kind === 'cut all' ? 'true' : "application_name = 'epilogue listener'";
  const others = "backend_type = 'client backend' and pid <> pg_backend_pid()";
  const cut = await both.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${others} and ${which}`);
  return [kind, cut.length];
}

/** Nobody waits minutes for an answer that no runner has read, or for an effect whose replica was killed over it: for these, the time has passed. */
async function letTimePass(): Promise<void> {
  await both.sql(
    'update attempts set created_at = created_at - 400000, lease_until = lease_until - 400000 where ended_at is null',
  );
  await both.sql('update outbox set due_at = due_at - 400000');
}

async function unfinished(): Promise<readonly Listed[]> {
  const open: Listed[] = [];
  for (const scope of ['', '&source=parent_pipeline']) {
    for (let page = 1; ; page += 1) {
      const { json } = await api('GET', `/pipelines?per_page=100&page=${page}${scope}`);
      const list = json as readonly Listed[];
      open.push(...list.filter(({ status }) => !ENDED.has(status)));
      if (list.length < 100) break;
    }
  }
  return open;
}

/** Rows that wait for somebody although every pipeline has ended. */
async function leftovers(): Promise<readonly string[]> {
  const rows = [
    ...(await both.sql("select 'attempt' as what, to_jsonb(attempts) as row from attempts where ended_at is null")),
    ...(await both.sql("select 'queue' as what, to_jsonb(queue) as row from queue")),
    ...(await both.sql("select 'outbox' as what, to_jsonb(outbox) as row from outbox")),
    ...(await both.sql("select 'wake' as what, to_jsonb(wakes) as row from wakes")),
  ];
  return rows.map(({ what, row }) => `${what}: ${JSON.stringify(row)}`);
}

async function checkJobs(): Promise<void> {
  for (const entry of ledger.jobs.values()) {
    const { status } = (await api('GET', `/jobs/${entry.id}`)).json as Listed;
    if (entry.result === null) {
      if (entry.started > 0) ledger.problems.push(`job ${entry.id} was started and no result acknowledged`);
      continue;
    }
    const isRight = status === entry.result || (status === 'canceled' && isCancelled(entry.pipelineId));
    if (!isRight) ledger.problems.push(`job ${entry.id} is ${status}, was reported ${entry.result}`);
    const { json: log } = await api('GET', `/jobs/${entry.id}/trace`);
    if (log !== entry.log) ledger.problems.push(`job ${entry.id}: its log is ${JSON.stringify(log)}`);
  }
}

/** A child is cancelled with its parent. */
let parents: ReadonlyMap<number, number>;
function isCancelled(pipelineId: number): boolean {
  return ledger.cancelled.has(parents.get(pipelineId) ?? pipelineId);
}

/** Of each commit that was pushed, how many pipelines there are, and whether they are what the pusher wished. */
async function checkPushes(): Promise<readonly string[]> {
  const rows = await both.sql("select sha, status, user_id from pipelines where source = 'push' and ref = 'side'");
  return [...pushed].flatMap(([sha, how]) => {
    const own = rows.filter((row) => row.sha === sha);
    const isRight = own.length === 1 || (own.length === 0 && how === 'unsure');
    const asWished = own.every(({ status, user_id: user }) => status === 'skipped' && user !== null);
    return isRight && asWished ? [] : [`push of ${sha}, ${how}: ${JSON.stringify(own)}`];
  });
}

/** Every pipeline ends, and then no row waits for anything. What does not is a problem. */
async function settle(): Promise<void> {
  let passed = Date.now();
  const isSettled = async (): Promise<boolean> => {
    const isDone = (await unfinished()).length === 0 && (await leftovers()).length === 0;
    // A push whose server died is noticed within two minutes.
    if (isDone && (await checkPushes()).length === 0) return true;
    if (ledger.inHand === 0 && Date.now() - passed > 3_000) {
      await letTimePass();
      passed = Date.now();
    }
    return false;
  };
  try {
    await waitUntil('everything ends', isSettled, 150_000);
  } catch {
    const open = (await unfinished()).map(({ id, status }) => `pipeline ${id} is ${status}`);
    ledger.problems.push(...open, ...(await leftovers()), ...(await checkPushes()));
  }
}

it(
  `runs every job once through the loss of replicas, connections and the database (CAMPAIGN=${seed}:${first}:${last})`,
  async () => {
    const chance = createChance(seed);
    const load = new AbortController();
    const runners = Array.from({ length: RUNNERS }, (_, index) =>
      runPlainRunner(both, { token: both.runnerToken, name: `r_${index}`, ledger, signal: stopping.signal }),
    );
    const user = useIt(load.signal);
    const pusher = pushOnAndOn(both, pushed, load.signal);
    const struck = new Map<Struck, number>();
    for (let turn = 0; turn < STRIKES; turn += 1) {
      await pace(1_000 + chance() * 1_500);
      const [kind, count] = await strike(turn);
      struck.set(kind, (struck.get(kind) ?? 0) + count);
    }
    load.abort();
    await Promise.all([user, pusher]);
    await settle();
    stopping.abort();
    await Promise.all(runners);
    const rows = await both.sql(
      'select p.id, j.pipeline_id as parent from pipelines p join jobs j on j.id = p.parent_job_id',
    );
    parents = new Map(rows.map(({ id, parent }) => [Number(id), Number(parent)]));
    await checkJobs();
    console.log(
      `${ledger.pipelines.size} pipelines, ${ledger.jobs.size} jobs, ${pushed.size} pushes, struck ${JSON.stringify([...struck])}`,
    );
    expect(ledger.problems).toEqual([]);
    // A campaign in which these did not happen has shown nothing.
    for (const kind of ['kill', 'cut listeners', 'crash database', 'cut all'] as const) {
      if (STRIKES >= STRIKE_KINDS.length) expect(struck.get(kind), kind).toBeGreaterThan(0);
    }
    expect(ledger.pipelines.size).toBeGreaterThan(STRIKES);
  },
  240_000 + STRIKES * 20_000,
);
