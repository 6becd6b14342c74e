import { loadObligationNews } from '../../rest/index.ts';
import type { WatchedEvent } from '../../rest/schemas/events.ts';
import type { Teller, Telling } from '../serve-stream.ts';

const REST_MS = 1_000;

/** Tells what is owed, by a project or by all (null), whenever it is something else than before. */
export function tellObligations({ parts, share }: Telling, projectId: number | null): Teller<WatchedEvent> {
  const { store, base } = parts;
  let told = '';
  return async (sink) => {
    const { key, event } = await share(`obligations ${projectId}`, async () => {
      const news = await store.read((db) => loadObligationNews(db, projectId, base));
      const said: WatchedEvent = { event: 'obligations', data: news };
      // That time goes on is no news.
      return {
        key: JSON.stringify([news.sums, news.open], (name, value) => (name === 'now' ? undefined : value)),
        event: said,
      };
    });
    if (key !== told && !(await sink.send(event))) return 'over';
    told = key;
    return REST_MS;
  };
}
