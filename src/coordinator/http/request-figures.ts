import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Upper bounds in seconds; what takes longer is in none of them. A long poll takes up to 50. */
export const DURATION_BOUNDS: readonly number[] = [0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** What was answered at one route. Routes are patterns of the table, so that there are only so many of these whatever is asked for. */
export interface RouteFigures {
  readonly method: string;
  /** Such as `/api/v4/projects/:id`; `other` for whatever is in no table. */
  readonly route: string;
  /** Answers by status; 499 where the client left before there was one. */
  readonly statuses: ReadonlyMap<number, number>;
  /** How many took at most as long as the bound at the same place says. */
  readonly within: readonly number[];
  /** Of all. */
  readonly seconds: number;
}

export interface RequestFigures {
  read(): readonly RouteFigures[];
}

interface Counting extends RouteFigures {
  readonly statuses: Map<number, number>;
  readonly within: number[];
  seconds: number;
}

/** What nginx calls it: the client was gone before there was an answer. */
const CLIENT_GONE = 499;

/** Counts every request to this server from here on, when it is over: also those whose client left. */
export function countRequests(app: FastifyInstance): RequestFigures {
  const all = new Map<string, Counting>();
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.on('close', () => count(request, reply));
  });
  const count = (request: FastifyRequest, reply: FastifyReply): void => {
    const route = request.is404 ? 'other' : (request.routeOptions.url ?? 'other');
    // Of what is in no table, the method may be anything too.
    const method = route === 'other' ? 'other' : request.method;
    const key = `${method} ${route}`;
    const figures = all.get(key) ?? {
      method,
      route,
      statuses: new Map(),
      within: DURATION_BOUNDS.map(() => 0),
      seconds: 0,
    };
    all.set(key, figures);
    note(figures, sentStatus(reply), reply.elapsedTime / 1000);
  };
  return { read: () => [...all.values()] };
}

/** Of an answer that is over. */
export function sentStatus({ raw }: FastifyReply): number {
  return raw.headersSent ? raw.statusCode : CLIENT_GONE;
}

function note(figures: Counting, status: number, seconds: number): void {
  figures.statuses.set(status, (figures.statuses.get(status) ?? 0) + 1);
  figures.seconds += seconds;
  DURATION_BOUNDS.forEach((bound, at) => {
    if (seconds <= bound) figures.within[at] = (figures.within[at] ?? 0) + 1;
  });
}
