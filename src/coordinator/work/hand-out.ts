import { randomUUID } from 'node:crypto';
import { payloadSettings } from '../../protocol/index.ts';
import {
  insertAttempt,
  type Reserved,
  releaseReservation,
  reserve,
  setJobRunner,
  takeReserved,
} from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { applyEvent } from '../pipelines/apply-event.ts';
import { inPipeline } from '../pipelines/transaction/in-pipeline.ts';
import { cacheOf } from '../pipelines/transaction/pipeline-cache.ts';
import type { HandOut, RunnerAsking } from './hand-out-types.ts';
import { drawAttemptToken, hashToken } from './handing-out/attempt-token.ts';
import { type Gathered, gather } from './handing-out/gather.ts';
import { leaseMs } from './handing-out/lease.ts';
import { makePayload } from './handing-out/make-payload.ts';
import { lacksFeature } from './handing-out/runner-needs.ts';

/** Whoever reserved a job and died costs it so long. */
const RESERVATION_MS = 30_000;
/** Jobs that this runner cannot have are passed over, so many a turn. */
const MOST_CANDIDATES = 20;

/**
 * Hands a waiting job to a runner, or the cleanup of one whose runner was lost; null: none now. One turn: whoever polls asks again when the
 * hint `work` comes. Reserves, reads and builds without any lock, then claims in one transaction. When `signal` aborts before that, the job was never away.
 */
export async function handOut(
  parts: Parts,
  runner: RunnerAsking,
  { signal }: { readonly signal: Pick<AbortSignal, 'aborted'> },
): Promise<HandOut | null> {
  const passedOver: Held[] = [];
  try {
    for (let candidate = 0; candidate < MOST_CANDIDATES && !signal.aborted; candidate += 1) {
      const held = await reserveFor(parts, runner);
      if (held === null) return null;
      const attempt = await tryCandidate(parts, runner, held, signal);
      if (attempt === 'passed over') passedOver.push(held);
      else if (attempt !== 'gone') return attempt;
    }
    return null;
  } finally {
    // Kept until now, or the same one would have come again.
    for (const held of passedOver) await release(parts, held);
  }
}

interface Held extends Reserved {
  readonly reservation: string;
}

async function reserveFor({ store }: Parts, { fit }: RunnerAsking): Promise<Held | null> {
  const reservation = randomUUID();
  const reserved = await store.write((tx) => reserve(tx, fit, reservation, tx.now() + RESERVATION_MS));
  return reserved === null ? null : { ...reserved, reservation };
}

async function release({ store }: Parts, { jobId, reservation }: Held): Promise<void> {
  await store.write((tx) => releaseReservation(tx, jobId, reservation));
}

async function tryCandidate(
  parts: Parts,
  runner: RunnerAsking,
  held: Held,
  signal: Pick<AbortSignal, 'aborted'>,
): Promise<HandOut | 'passed over' | 'gone'> {
  const gathered = await parts.store.read((db) => gather(db, held.jobId, cacheOf(parts.store)));
  if (gathered === null) return 'passed over';
  if (lacksFeature(gathered.planned, runner.info.features)) return 'passed over';
  const isCleanup = gathered.job.state.handOut === 'cleanup_offered';
  if (isCleanup !== (held.kind === 'cleanup')) return 'passed over';
  // A cleanup reads no archives, and is owed whatever has become of them.
  if (!isCleanup && gathered.dependencies.some(({ isGone }) => isGone)) {
    const event = { type: 'drop', reason: 'missing_dependency_failure' } as const;
    await applyEvent(parts, held.pipelineId, { type: 'job', job: gathered.job.number, event });
    return 'gone';
  }
  const token = drawAttemptToken();
  const payload = makePayload(parts, gathered, runner, token);
  if (signal.aborted) return 'passed over';
  const attempt = await claim(parts, runner, { held, gathered, payload, token });
  return attempt === null
    ? 'passed over'
    : { jobId: held.jobId, pipelineId: held.pipelineId, attempt, kind: held.kind, token, payload };
}

interface Claim {
  readonly held: Held;
  readonly gathered: Gathered;
  readonly payload: HandOut['payload'];
  readonly token: string;
}

class Refused extends Error {}

/** Number of the attempt; null: the job is not to be had, or not by this runner. */
async function claim(
  parts: Parts,
  { runnerId, managerId, features }: RunnerAsking,
  { held, gathered, payload, token }: Claim,
): Promise<number | null> {
  const { jobId, pipelineId, kind } = held;
  const budgets = payloadSettings(payload).budgets;
  try {
    const done = await inPipeline(parts, pipelineId, async (open) => {
      if (!(await takeReserved(open.tx, jobId, held.reservation))) return null;
      const event =
        kind === 'cleanup'
          ? ({ type: 'claim_cleanup', runner: features, leaseMs: null } as const)
          : ({ type: 'claim', runner: features, leaseMs: null, budgets } as const);
      // Rolled back: the job goes on waiting, under this reservation.
      if (open.send({ type: 'job', job: gathered.job.number, event }) !== null) throw new Refused();
      const attempt = open.job(jobId)?.attempt ?? 0;
      await insertAttempt(open.tx, {
        jobId,
        pipelineId,
        projectId: open.record.projectId,
        attempt,
        kind,
        tokenHash: hashToken(token),
        runnerId,
        managerId,
        features,
        leaseUntil: open.tx.now() + leaseMs(features),
      });
      await setJobRunner(open.tx, jobId, runnerId, managerId);
      return attempt;
    });
    return done?.result ?? null;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** The answer did not reach its runner, and cannot have: the job waits again. One that was cancelled meanwhile counts as lost with its runner. */
export async function giveBack(parts: Parts, { pipelineId, jobId, attempt }: HandOut): Promise<void> {
  await inPipeline(parts, pipelineId, async (open) =>
    open.send({ type: 'job', job: open.numberOf(jobId), event: { type: 'returned', attempt } }),
  );
}
