import { Type } from 'typebox';
import type { Answer } from '../http/index.ts';
import { errorReply, ok, type Route, route } from '../http/index.ts';
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
      handle: () => readiness(parts),
    }),
  ];
}

/** A database that is away is tried again and again for some seconds: whoever asks whether to send requests here has no time for that. */
const READY_WITHIN_MS = 1_000;

async function readiness({ store, clock, log }: Pick<Parts, 'store' | 'clock' | 'log'>): Promise<Answer> {
  const over = new AbortController();
  const read = store
    .read(async (db) => db.now())
    .then(
      () => null,
      (error: unknown) => {
        const reply = errorReply(error);
        if (reply === null) log.error({ err: error }, 'the database cannot be asked');
        return reply === null ? 'the database cannot be asked' : String(reply.body.message).replace(/^.* - /, '');
      },
    );
  const late = clock.sleep(READY_WITHIN_MS, over.signal).then(() => 'the database does not answer');
  try {
    const message = await Promise.race([read, late]);
    return message === null ? ok({ status: 'ok' }) : { status: 503, body: { status: 'failed', message } };
  } finally {
    over.abort();
  }
}
