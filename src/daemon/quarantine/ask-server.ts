import type { LiveEntry } from '../take/entry-loops.ts';
import { type Verification, verifyRunner } from '../wire/registration.ts';
import { runnerInfo, withAdditions } from '../wire/runner-info.ts';

export interface WhoAsks {
  readonly systemId: string;
  readonly version: string;
}

/**
 * Tells the entry's server that it is in quarantine since then (`info.quarantine`, only to one that has our additions), and hears whether somebody has released it there.
 * @returns the beginning of the quarantine that was lifted, in ms since 1970; null: none
 */
export async function askServer(
  { current, context: { coordinator } }: LiveEntry,
  quarantine: { readonly since: number; readonly why: readonly string[] },
  { systemId, version }: WhoAsks,
): Promise<number | null> {
  const bare = runnerInfo({ version, executor: current.settings.executor, labels: current.labels });
  const said = { since: new Date(quarantine.since).toISOString(), why: quarantine.why };
  const full = { ...withAdditions(bare), quarantine: said };
  const verify = (info: typeof bare): Promise<Verification> =>
    verifyRunner({ server: coordinator.server, systemId, info }, current.token, { tries: 1 });
  let hasAdditions = coordinator.hasAdditions();
  if (hasAdditions === null) {
    const known = await verify(bare);
    hasAdditions = known.kind === 'known' && known.hasAdditions;
  }
  // To another one there is nothing to be said.
  if (!hasAdditions) return null;
  const answer = await verify(full);
  const released = answer.kind === 'known' ? Date.parse(answer.release ?? '') : Number.NaN;
  return Number.isNaN(released) ? null : released;
}
