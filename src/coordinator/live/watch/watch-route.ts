import { Type } from 'typebox';
import { HttpError, type ProjectFinder, type Route, route, type Taken } from '../../http/index.ts';
import { WATCH_EVENTS, type WatchEvent } from '../../rest/schemas/events.ts';
import type { Telling } from '../serve-stream.ts';
import { admitWatch } from './admit-watch.ts';
import { parseWatch } from './parse-watch.ts';
import { named, serveWatches, type Watched } from './serve-watches.ts';

const MOST_WATCHES = 32;

/** Everything that a page shows, over one connection: a browser has six to a host. */
export function watchRoute(telling: Telling, projects: ProjectFinder): Route {
  return route({
    method: 'GET',
    path: '/api/v4/events',
    action: 'event.watch',
    summary:
      'Several things as they change, over one connection: server-sent events, each with the `watch` that it is of',
    tag: 'live',
    query: Type.Object({
      watch: Type.Array(Type.String({ minLength: 1, maxLength: 2_000 }), {
        minItems: 1,
        maxItems: MOST_WATCHES,
        description:
          '`pipeline:812`, `job:9112`, `log:9112@5000`, `pipelines:12?ref=main&page=2`, `obligations:12`, `obligations`',
      }),
    }),
    answers: { 200: null },
    events: WATCH_EVENTS,
    handle: async (call): Promise<Taken<WatchEvent>> => {
      const names = [...new Set(call.query.watch)];
      const wanted = names.map(parseWatch);
      const admission = { telling, projects, principal: call.principal };
      const watches: Watched[] = [];
      const refusals: HttpError[] = [];
      const first: WatchEvent[] = [];
      for (const [at, each] of wanted.entries()) {
        const name = names[at] ?? '';
        const admitted = await admitWatch(admission, name, each);
        if (!(admitted instanceof HttpError)) watches.push(admitted);
        else {
          refusals.push(admitted);
          first.push(named(name, { event: 'refused', data: { status: admitted.status } }));
        }
      }
      if (watches.length === 0) throw refusals[0] ?? new Error('bug: nothing is watched, and nothing refused');
      return await serveWatches({ parts: telling.parts, call }, watches, first);
    },
  });
}
