import { afterEach, expect, it } from 'vitest';
import { AutoClock } from '../../test/support/auto-clock.ts';
import {
  listDueWakes,
  listLapsedAttempts,
  listNeglectedGroups,
  listOlderPipelines,
  listSilentAttempts,
  listWaitingForResource,
  listWaitingSince,
  renewLease,
  reserve,
  sumObligations,
  type Tx,
  takeEffect,
  takeReserved,
} from './index.ts';
import { createTestStores, describeOnEachEngine, type Engine, type TestStores } from './testing/engines.ts';
import { explain, textsOf } from './testing/explain.ts';

const NOW = 1_000_000_000;
const ROWS = 100_000;
const FIT = {
  projects: [1, 2],
  tags: ['docker'],
  runsUntagged: true,
  isProtected: false,
  cancelsGracefully: true,
  takesCleanups: true,
};

/** What happens often, and what a loop does every few seconds: at an instant, for a job or a pipeline. */
const HOT: Readonly<Record<string, (tx: Tx, now: number, id: number) => Promise<unknown>>> = {
  reserve: (tx, now) => reserve(tx, FIT, 'me', now + 30_000),
  takeReserved: (tx, _, id) => takeReserved(tx, id, 'me'),
  renewLease: (tx, now, id) => renewLease(tx, id, now),
  lapsed: (tx) => listLapsedAttempts(tx, 100),
  silent: (tx, now) => listSilentAttempts(tx, now, 100),
  wakes: (tx) => listDueWakes(tx, 100),
  outbox: (tx, now) => takeEffect(tx, 'me', now),
  waiting: (tx, now) => listWaitingSince(tx, now, 100),
  older: (tx, _, than) => listOlderPipelines(tx, { projectId: 1, ref: 'main', isTag: false, than }),
  resource: (tx, _, id) => listWaitingForResource(tx, id, 'production'),
  owed: (tx, now) => sumObligations(tx, null, now - 1_000),
  owedByProject: (tx, now, id) => sumObligations(tx, id, now - 1_000),
  neglected: (tx) => listNeglectedGroups(tx, 100),
};

/** Nobody walks through these, however they are reached. */
const LARGE = ['queue', 'attempts', 'jobs', 'pipelines', 'wakes', 'outbox'];

const FILL: Readonly<Record<string, string>> = {
  tag_sets: "(id, tags) values (1, '[]'), (2, '[\"docker\"]')",
  lanes:
    "(id, project_id, tag_set_id, is_protected, is_graceful, kind) select i, i, 1 + i % 2, 0, 0, 'job' from n where i <= 50",
  queue: '(job_id, lane_id, pipeline_id, since, reserved_until) select i, 1 + i % 50, i, i, 0 from n',
  attempts: `(id, job_id, pipeline_id, project_id, attempt, kind, token_hash, runner_id, features, lease_until, created_at, contacted_at, ended_at)
    select i, i, i, i % 50, 1, 'job', 't' || i, i % 9, '{}', i, i, case when i % 999 > 0 then i end, case when i % 99 > 0 then i end from n`,
  jobs: `(id, pipeline_id, project_id, number, position, name, stage, stage_index, kind, tags, resource_group, state, status, attempt, is_retried,
      allow_failure, is_owed, created_at, updated_at)
    select i, i, i % 50, 0, 0, 'a', 'test', 0, 'script', '[]', case when i % 99 = 0 then 'production' end, '{}',
      case when i % 9 = 0 then 'waiting_for_resource' else 'success' end, 1, 0, 0, 0, i, i from n`,
  pipelines: `(id, project_id, iid, version, status, ref, is_tag, sha, before_sha, source, is_protected, on_new_commit, facts, created_at, updated_at)
    select i, i % 50, i, 1, case when i % 99 = 0 then 'running' else 'success' end, 'main', 0, 's', 'b', 'push', 0, 'conservative', '{}', i, i from n`,
  wakes: '(job_id, pipeline_id, at) select i, i, i * 20000 from n',
  outbox: "(kind, body, created_at, due_at, tries) select 'child', '{}', i, i * 20000, 0 from n",
};

async function fill({ run }: TestStores, engine: Engine): Promise<void> {
  const all = `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${ROWS})`;
  for (const [table, rest] of Object.entries(FILL)) {
    const [columns = '', select = ''] = rest.split(/\)\s+(?=select|values)/);
    await run(
      select.startsWith('values')
        ? `insert into ${table} ${rest}`
        : `insert into ${table} ${columns}) ${all} ${select}`,
    );
  }
  // Autovacuum does so by itself, some time later.
  if (engine === 'PostgreSQL') await run('analyze');
}

describeOnEachEngine((engine) => {
  let stores: TestStores | null = null;

  afterEach(async () => {
    await stores?.close();
    stores = null;
  });

  it('goes by an index in the claim and in every sweep', async () => {
    stores = await createTestStores(engine, new AutoClock(NOW));
    const store = await stores.open();
    await fill(stores, engine);
    const walks: string[] = [];
    for (const [name, work] of Object.entries(HOT)) {
      const plan = await explain(store, (tx) => work(tx, NOW, 7));
      expect(plan, name).not.toEqual([]);
      const walk = plan.filter((line) => LARGE.some((table) => isWalk(line, table)));
      walks.push(...walk.map((line) => `${name}: ${line.trim()}`));
    }
    expect(walks).toEqual([]);
  }, 60_000);

  it('writes no value into a text, so that a statement is prepared once', async () => {
    stores = await createTestStores(engine, new AutoClock(NOW));
    const store = await stores.open();
    for (const [name, work] of Object.entries(HOT)) {
      const texts = await textsOf(store, (tx) => work(tx, NOW, 7));
      expect(texts, name).not.toEqual([]);
      expect(await textsOf(store, (tx) => work(tx, NOW + 1, 8)), name).toEqual(texts);
    }
  });
});

/** An index that is read from its beginning with a LIMIT has been chosen for its order. */
function isWalk(line: string, table: string): boolean {
  return new RegExp(`Seq Scan on ${table}\\b|SCAN ${table}(?! USING (COVERING )?INDEX)`).test(line);
}
