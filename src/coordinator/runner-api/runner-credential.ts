import { findRunnerByToken, type RunnerRecord } from '../../store/index.ts';
import { badParameters, type Call, forbidden } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { hashToken } from '../work/index.ts';

/** Looks up the runner that a request is from. */
export type IdentifyRunner = (
  call: Pick<Call, 'headers' | 'refuse'>,
  token: string | undefined,
) => Promise<RunnerRecord>;

/** @returns a function that throws `HttpError` 400 for no token, 403 for one that is no runner's or has expired, and 429 for too many of these. */
export function makeIdentifyRunner(parts: Parts): IdentifyRunner {
  return async ({ headers, refuse }, given) => {
    const header = headers['runner-token'];
    const token = given ?? (typeof header === 'string' ? header : '');
    if (token === '') throw badParameters('token is missing');
    const found = await parts.store.read(async (db) => ({
      runner: await findRunnerByToken(db, hashToken(token)),
      now: db.now(),
    }));
    const { runner, now } = found;
    if (runner !== null && (runner.tokenExpiresAt === null || runner.tokenExpiresAt > now)) return runner;
    throw refuse(forbidden());
  };
}
