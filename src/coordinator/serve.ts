import type { FastifyBaseLogger } from 'fastify';
import { describeError } from '../base/index.ts';
import { forgetElection, forgetReservations } from '../store/index.ts';
import { buildServer, HTTP_LIMITS } from './http/index.ts';
import { addressOf, connectionsWithin, type ListenAddress, listen, probeAddress, readLimits } from './listen.ts';
import { openParts, type PartsOptions } from './open-parts.ts';
import { removeDeadStages } from './operate/backup/backup-data.ts';
import { OWNER, ownsBlobs } from './operate/upkeep/blobs-owner.ts';
import type { Parts } from './parts.ts';
import { COMPARE_REFS } from './repositories/index.ts';
import { allRoutes } from './routes.ts';
import { DEFAULT_LIMITS } from './runner-api/index.ts';
import { allSweeps, EFFECT_HANDLERS } from './sweeps.ts';
import { firstStart, makeGate } from './users/index.ts';
import { startWork } from './work/index.ts';

export interface ServeOptions extends Omit<PartsOptions, 'base' | 'log'> {
  readonly listen: ListenAddress;
  /** Address as users and runners see it, no slash at the end; null: the one that is listened on. */
  readonly base: string | null;
  /** Believe `X-Forwarded-For` of these proxies; false: of none. */
  readonly trustProxy: string | false;
  readonly log: FastifyBaseLogger;
  /** Left out: `DEFAULT_LIMITS`. */
  readonly maxLogBytes?: number;
}

type ServingOptions = Pick<ServeOptions, 'listen' | 'trustProxy' | 'log' | 'maxLogBytes'>;

export interface RunningServer {
  /** The address that is listened on, `http://127.0.0.1:8929`. */
  readonly address: string;
  /** Signs the administrator in, once; null: this was not the first start. */
  readonly signInLink: string | null;
  readonly parts: Parts;
  /** Ends what waits, lets answers that are under way end (10 s), and closes everything. May be called again. */
  stop(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Starts a coordinator: it answers once this resolves.
 * @throws Failure `address_in_use`, `address_unusable`, and those of `openParts`
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const address = await probeAddress(options.listen);
  const { parts, close } = await openParts({ ...options, base: options.base ?? addressOf(address) });
  return await serveParts(parts, close, { ...options, listen: address });
}

/** The same on parts that are open; `close` lets go of them, also when this fails. The port is no longer 0. */
export async function serveParts(
  parts: Parts,
  close: () => Promise<void>,
  options: ServingOptions,
): Promise<RunningServer> {
  try {
    return await start(parts, close, options);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(parts: Parts, close: () => Promise<void>, options: ServingOptions): Promise<RunningServer> {
  await sweepLeftovers(parts);
  await warnOfOthersBlobs(parts);
  const signInLink = await firstStart(parts);
  const stopping = new AbortController();
  const { maxLogBytes = DEFAULT_LIMITS.maxLogBytes } = options;
  const gate = makeGate(parts);
  const app = await buildServer({
    routes: allRoutes(parts, gate, { ...DEFAULT_LIMITS, maxLogBytes }),
    gate,
    base: parts.base,
    version: parts.version,
    clock: parts.clock,
    log: options.log,
    trustProxy: options.trustProxy,
    stopping: stopping.signal,
    limits: { ...HTTP_LIMITS, mostConnections: connectionsWithin(readLimits(), HTTP_LIMITS.mostConnections) },
  });
  await listen(app, options.listen);
  const work = startWork(parts, allSweeps(), EFFECT_HANDLERS);
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all([app.close(), work.stop()]);
    await close();
  };
  return {
    address: addressOf(options.listen),
    signInLink,
    parts,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** What a crash left half-made, or taken. */
async function sweepLeftovers({ store, repositories, blobs, clock, log, dataDir }: Parts): Promise<void> {
  // With replicas it may be another one that has it, or a push may be under way there.
  const isAlone = await store.read(async ({ engine }) => engine === 'sqlite');
  if (isAlone) {
    await store.write(async (tx) => {
      await forgetReservations(tx);
      await forgetElection(tx, COMPARE_REFS);
    });
  }
  const left = await repositories.sweep(isAlone ? undefined : clock.now() - DAY_MS);
  if (left.length > 0) log.warn({ left }, 'could not be removed');
  // With replicas another one may be writing; a backup may be made now.
  await blobs.sweep(clock.now() - DAY_MS);
  await removeDeadStages(dataDir, clock.now());
}

/** One directory, and one bucket with prefix, are for one database: jobs of two have the same numbers, and their logs the same keys. */
async function warnOfOthersBlobs({ store, blobs, log }: Parts): Promise<void> {
  try {
    if (await ownsBlobs(store, blobs)) return;
    log.warn(
      { owner: OWNER },
      'the artifacts and logs are those of another database: logs of new jobs take their place',
    );
  } catch (error) {
    // On a full disk, say: what is owed is cleaned up all the same.
    log.warn({ owner: OWNER, error: describeError(error) }, 'it is not known whose the artifacts and logs are');
  }
}
