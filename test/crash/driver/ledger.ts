import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { realClock } from '../../../src/base/index.ts';
import { openDiskStore } from '../../../src/blobs/index.ts';
import { readJobLog } from '../../../src/coordinator/logs/index.ts';
import { checkData } from '../../../src/coordinator/operate/check/check-data.ts';
import type { Parts } from '../../../src/coordinator/parts.ts';
import { isFinished, type Status } from '../../../src/protocol/index.ts';
import { type Db, findArtifact, findJob, findPipeline, openStore } from '../../../src/store/index.ts';

export interface Where {
  readonly dataDir: string;
  readonly databaseUrl: string | null;
}

interface KeptLog {
  /** The server has said that it has these. */
  acknowledged: string;
  /** Sent after them, and not answered yet. */
  underWay: string;
}

/** No row of these may come twice. */
const ONCE: Readonly<Record<string, string>> = {
  'a child of one job':
    'select parent_job_id as what from pipelines where parent_job_id is not null group by parent_job_id having count(*) > 1',
  'a pipeline of one push':
    "select min(id) as what from pipelines where source = 'push' group by project_id, ref, sha having count(*) > 1",
  'a job in one place':
    'select min(id) as what from jobs where is_retried = 0 group by pipeline_id, name having count(*) > 1',
  'a holder of one resource':
    "select min(id) as what from jobs where resource_group is not null and status in ('pending', 'running', 'canceling') group by project_id, resource_group having count(*) > 1",
};

/** What the server has acknowledged, held against what it has. */
export class Ledger {
  readonly logs = new Map<number, KeptLog>();
  /** `JOB TYPE` → SHA-256. */
  readonly artifacts = new Map<string, string>();
  readonly results = new Map<number, Status>();
  readonly pipelines = new Set<number>();
  readonly cancelledJobs = new Set<number>();
  readonly cancelledPipelines = new Set<number>();
  /** How jobs stood that had ended when it was last looked. */
  readonly #ended = new Map<number, string>();
  readonly #where: Where;
  readonly #now: () => number;

  constructor(where: Where, now: () => number) {
    this.#where = where;
    this.#now = now;
  }

  logOf(jobId: number): KeptLog {
    const log = this.logs.get(jobId) ?? { acknowledged: '', underWay: '' };
    this.logs.set(jobId, log);
    return log;
  }

  forgetJob(jobId: number): void {
    this.logs.delete(jobId);
    for (const key of [...this.artifacts.keys()]) if (key.startsWith(`${jobId} `)) this.artifacts.delete(key);
  }

  /** The job itself may go. */
  forget(jobId: number): void {
    this.forgetJob(jobId);
    this.results.delete(jobId);
  }

  /** Nobody else has the data open. One line each. `isOver`: nothing is to be done any more. */
  async problems({ isOver = false } = {}): Promise<readonly string[]> {
    const { dataDir, databaseUrl } = this.#where;
    const clock = { ...realClock, now: this.#now };
    const store = await openStore({
      database: databaseUrl === null ? { file: join(dataDir, 'epilogue.db') } : { url: databaseUrl },
      keyFile: join(dataDir, 'master.key'),
      clock,
      time: 'clock',
      connections: 4,
    });
    const blobs = openDiskStore({ root: join(dataDir, 'blobs') });
    const parts = { store, blobs, dataDir } as Parts;
    try {
      const problems: string[] = [];
      for await (const line of checkData(store, { dataDir, databaseUrl, s3: null, clock })) problems.push(line);
      problems.push(...(await store.read((db) => this.#checkRows(db))));
      if (isOver) problems.push(...(await store.read(listStuck)));
      for (const [jobId, log] of this.logs) problems.push(...(await checkLog(parts, jobId, log)));
      for (const [key, sha256] of this.artifacts) problems.push(...(await checkArtifact(parts, key, sha256)));
      return problems;
    } finally {
      blobs.close();
      await store.close();
    }
  }

  async #checkRows(db: Db): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const [what, text] of Object.entries(ONCE)) {
      const { rows } = await sql<{ what: number }>`${sql.raw(text)}`.execute(db.query);
      problems.push(...rows.map((row) => `${what} is there twice: ${row.what}`));
    }
    for (const id of this.pipelines) if ((await findPipeline(db, id)) === null) problems.push(`pipeline ${id} is gone`);
    for (const [id, status] of this.results) {
      const is = (await findJob(db, id))?.state.status;
      if (is !== status) problems.push(`job ${id} was acknowledged as ${status} and is ${is}`);
    }
    return [...problems, ...(await this.#checkCancelled(db)), ...(await this.#checkEnded(db))];
  }

  /** Of what was cancelled nothing begins any more. */
  async #checkCancelled(db: Db): Promise<readonly string[]> {
    const jobs = await db.query.selectFrom('jobs').select(['id', 'pipeline_id', 'status']).execute();
    return jobs
      .filter((job) => this.cancelledJobs.has(job.id) || this.cancelledPipelines.has(job.pipeline_id))
      .filter(({ status }) => !isFinished(status as Status) && status !== 'canceling')
      .map(({ id, status }) => `job ${id} was cancelled and is ${status}`);
  }

  /** What has ended stays as it is. A skipped job may get another turn, and a trigger job goes on with its child. */
  async #checkEnded(db: Db): Promise<readonly string[]> {
    const jobs = await db.query
      .selectFrom('jobs')
      .select(['id', 'status', 'cleanup_outcome', 'failure_reason'])
      .where('kind', '<>', 'trigger')
      .execute();
    const problems: string[] = [];
    for (const { id, status, cleanup_outcome: cleanup, failure_reason: reason } of jobs) {
      const words = `${status}, cleanup ${cleanup}, ${reason}`;
      const was = this.#ended.get(id);
      if (was !== undefined && was !== words) problems.push(`job ${id} had ended as ${was} and is ${words}`);
      if (isFinished(status as Status) && status !== 'skipped') this.#ended.set(id, words);
    }
    return problems;
  }
}

async function checkLog(parts: Parts, jobId: number, { acknowledged, underWay }: KeptLog): Promise<readonly string[]> {
  if (acknowledged === '') return [];
  const opened = await readJobLog(parts, jobId);
  const found = opened === null ? '' : (await buffer(opened.body)).toString();
  if (found === acknowledged || found === acknowledged + underWay) return [];
  return [`the log of job ${jobId} is ${JSON.stringify(found)}, and should be ${JSON.stringify(acknowledged)}`];
}

async function checkArtifact({ store, blobs }: Parts, key: string, sha256: string): Promise<readonly string[]> {
  const [jobId, type = ''] = key.split(' ');
  const found = await store.read((db) => findArtifact(db, Number(jobId), type));
  if (found === null) return [`artifact ${type} of job ${jobId} is gone`];
  const { body } = await blobs.open(found.blob);
  const is = createHash('sha256')
    .update(await buffer(body))
    .digest('hex');
  return is === sha256 && found.sha256 === sha256 ? [] : [`artifact ${type} of job ${jobId} has other bytes`];
}

/** Rows that somebody would have to do something about. */
async function listStuck({ query }: Db): Promise<readonly string[]> {
  const jobs = await query.selectFrom('jobs').select(['id', 'status']).execute();
  const stuck = jobs.filter(({ status }) => !isFinished(status as Status) && status !== 'manual');
  const counts = await sql<Record<string, number>>`select
    (select count(*) from queue) as queue, (select count(*) from wakes) as wakes, (select count(*) from outbox) as outbox,
    (select count(*) from attempts where ended_at is null) as attempts`.execute(query);
  const left = Object.entries(counts.rows[0] ?? {}).filter(([, count]) => Number(count) > 0);
  return [
    ...stuck.map(({ id, status }) => `job ${id} is ${status} at the end`),
    ...left.map(([table, count]) => `${count} rows of ${table} are left at the end`),
  ];
}
