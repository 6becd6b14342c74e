import { listLines, listPipelines } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { loadRows, type PipelineQuery, pipelineFilter, storePage } from '../../rest/index.ts';
import type { WatchedEvent } from '../../rest/schemas/events.ts';
import type { Teller, Telling } from '../serve-stream.ts';

/** A list is read again at most so often, however much happens in its project. */
const REST_MS = 1_000;

export interface WatchedList {
  readonly projectId: number;
  readonly query: PipelineQuery;
}

/** Tells one page of a project's pipelines: all of them first, then the order and those that changed, a change below them counted. */
export function tellRows({ parts, share }: Telling, list: WatchedList): Teller<WatchedEvent> {
  const page = JSON.stringify(list);
  let told: Told = { order: '', versions: new Map() };
  return async (sink) => {
    const before = told;
    const found = await share(`rows ${page} ${keyOf(before)}`, () => readRows(parts, list, before));
    if (found.event !== null && !(await sink.send(found.event))) return 'over';
    told = found.told;
    return REST_MS;
  };
}

interface Told {
  /** Empty: nothing has been told. */
  readonly order: string;
  /** By pipeline. */
  readonly versions: ReadonlyMap<number, string>;
}

function keyOf({ order, versions }: Told): string {
  return `${order} ${[...versions.values()].join('/')}`;
}

interface Found {
  readonly told: Told;
  /** Null: it is as it was. */
  readonly event: WatchedEvent | null;
}

async function readRows({ store, base }: Parts, { projectId, query }: WatchedList, before: Told): Promise<Found> {
  return await store.read(async (db) => {
    const filter = await pipelineFilter(db, projectId, query);
    const page = storePage(query, 'desc');
    const found = filter === null ? [] : await listPipelines(db, filter, page);
    const hasMore = found.length === page.limit;
    const here = found.slice(0, page.limit - 1);
    const order = here.map(({ id }) => id);
    const lines = await listLines(db, order);
    const versions = new Map(here.map(({ id, name }) => [id, `${lines.get(id)?.versions ?? ''}${name ?? ''}`]));
    const told = { order: `${order.join(' ')};${hasMore}`, versions };
    const changed = here.filter(({ id }) => versions.get(id) !== before.versions.get(id));
    if (changed.length === 0 && told.order === before.order) return { told, event: null };
    const withLines = changed.map((pipeline) => ({
      pipeline,
      line: lines.get(pipeline.id) ?? { ids: [pipeline.id], versions: '' },
    }));
    const rows = await loadRows(db, withLines, { projectId, base });
    const data = { order, rows, has_more: hasMore, now: new Date(db.now()).toISOString() };
    return { told, event: { event: 'pipelines', data } };
  });
}
