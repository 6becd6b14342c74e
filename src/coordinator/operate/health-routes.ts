import { Type } from 'typebox';
import { describeError } from '../../base/index.ts';
import { ok, type Route, route } from '../http/index.ts';
import type { Parts } from '../parts.ts';

const STATUS = Type.Object({ status: Type.String() });

/** For whoever watches the process: `/-/health`, it answers; `/-/readiness`, it can do its work. Nobody needs to say who they are. */
export function healthRoutes(parts: Parts): readonly Route[] {
  const common = { method: 'GET', action: 'operation.health', tag: 'Operation' } as const;
  return [
    route({
      ...common,
      path: '/-/health',
      summary: 'Whether the process answers',
      answers: { 200: STATUS },
      handle: () => ok({ status: 'ok' }),
    }),
    route({
      ...common,
      path: '/-/liveness',
      summary: 'The same, as GitLab calls it',
      answers: { 200: STATUS },
      handle: () => ok({ status: 'ok' }),
    }),
    route({
      ...common,
      path: '/-/readiness',
      summary: 'Whether the database can be read; 503: not now',
      answers: { 200: STATUS, 503: Type.Object({ status: Type.String(), message: Type.String() }) },
      handle: async () => {
        try {
          await parts.store.read(async (db) => db.now());
          return ok({ status: 'ok' });
        } catch (error) {
          return { status: 503, body: { status: 'failed', message: describeError(error) } };
        }
      },
    }),
  ];
}
