import { describeError } from '../../../base/index.ts';
import { isFinished } from '../../../protocol/index.ts';
import {
  type Db,
  findPipeline,
  listPipelineIds,
  listRowsBesideJobs,
  loadJobRows,
  type RowsBesideJob,
  type Store,
} from '../../../store/index.ts';
import { derivedRows } from '../../pipelines/transaction/derived-rows.ts';
import { loadPipeline } from '../../pipelines/transaction/load-pipeline.ts';
import { PipelineCache } from '../../pipelines/transaction/pipeline-cache.ts';

const A_TURN = 200;

/** Every pipeline: its rows make a pipeline, and beside its jobs stand the rows that follow from their states, no more and no less. */
export async function* checkPipelines(store: Store): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const ids = await store.read((db) => listPipelineIds(db, after, A_TURN));
    // One snapshot each: while the server runs, two are never of the same moment.
    for (const id of ids) yield* await store.read((db) => checkPipeline(db, id));
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

async function checkPipeline(db: Db, id: number): Promise<readonly string[]> {
  const record = await findPipeline(db, id);
  if (record === null) return [];
  const problems: string[] = [];
  try {
    await loadPipeline(db, record, new PipelineCache());
  } catch (error) {
    problems.push(`pipeline ${id} cannot be made of its rows: ${describeError(error)}`);
  }
  const beside = await listRowsBesideJobs(db, id);
  const jobs = await loadJobRows(db, id);
  for (const job of jobs) {
    const { state } = job;
    const found = beside.get(job.id);
    if (found !== undefined)
      problems.push(...compare(found, derivedRows(state, found.kind)).map((what) => `job ${job.id}: ${what}`));
    const isOver = isFinished(state.status) && state.handOut === 'none';
    if (isOver && state.owed && state.cleanup === null)
      problems.push(`job ${job.id} is over, and nothing says how its cleanup ended`);
  }
  if (
    isFinished(record.status) &&
    jobs.some(({ state }) => state.status === 'running' || state.status === 'canceling')
  ) {
    problems.push(`pipeline ${id} is ${record.status}, and a job of it runs`);
  }
  return problems;
}

function compare(found: RowsBesideJob, wanted: ReturnType<typeof derivedRows>): readonly string[] {
  const attempts = wanted.attempt === null ? [] : [wanted.attempt];
  return [
    ...differing('its place in the queue', found.queue, wanted.queue),
    ...differing('when it is looked at next', found.wakeAt, wanted.wakeAt),
    ...differing('its open attempts', found.attempts, attempts),
  ];
}

function differing(what: string, found: unknown, wanted: unknown): readonly string[] {
  const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  return is === should ? [] : [`${what} is ${is}, and should be ${should}`];
}
