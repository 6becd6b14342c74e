import type { Clock } from '../../../base/index.ts';
import type { Engine } from '../engine/engine.ts';
import { isReady, questionFor } from './is-ready.ts';
import { type ServiceFacts, serviceFacts } from './service-facts.ts';
import { lastLines } from './service-logs.ts';

export interface RunningService {
  readonly id: string;
  readonly title: string;
  readonly aliases: readonly string[];
  readonly facts: ServiceFacts;
  /** It ran before this call. */
  readonly isOld: boolean;
}

export type ServiceClock = Pick<Clock, 'now' | 'sleep' | 'monotonic'>;

export interface Waiting {
  readonly engine: Engine;
  readonly clock: ServiceClock;
  readonly timeoutMs: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const PAUSE_MS = 100;
const YELLOW = '\u001b[0;33m';
const RESET = '\u001b[0;m';

/**
 * Until each is ready, ended, or has had its time, which begins with its start. That one is not only warns, in the words of GitLab's runner.
 * @returns ids of those that have ended
 * @throws Failure `canceled`, `engine_unreachable`
 */
export async function waitForServices(
  services: readonly RunningService[],
  waiting: Waiting,
): Promise<readonly string[]> {
  const { clock, timeoutMs, say } = waiting;
  const waitedFor = services.flatMap((service) => {
    const agoMs = service.isOld ? clock.now() - service.facts.startedAt : 0;
    // A clock that was set says nothing of how long it runs.
    const leftMs = agoMs >= 0 && agoMs < timeoutMs ? timeoutMs - agoMs : 0;
    return leftMs > 0 ? [{ service, leftMs }] : [];
  });
  if (waitedFor.length === 0) return [];
  say(`Waiting for services to be up and running (timeout ${Math.round(timeoutMs / 1000)} seconds)...`);
  const ended = await Promise.all(waitedFor.map(({ service, leftMs }) => waitForOne(service, leftMs, waiting)));
  return ended.flatMap((id) => id ?? []);
}

/** Its id when it has ended. */
async function waitForOne(service: RunningService, leftMs: number, waiting: Waiting): Promise<string | null> {
  const { engine, clock, signal, say } = waiting;
  const until = clock.monotonic() + leftMs;
  for (;;) {
    const facts = await serviceFacts(engine, service.id, signal);
    if (facts === null || !facts.isRunning) {
      await warnOf(service, describeEnd(facts), waiting);
      return service.id;
    }
    const question = questionFor(facts);
    if (question === null) {
      const why =
        facts.addresses.length === 0 ? 'it has no address of its own' : 'it exposes no port and has no HEALTHCHECK';
      say(`Service ${service.title} is not waited for: ${why}.`);
      return null;
    }
    const answer = await isReady(engine, facts, question, signal);
    if (answer.isReady) return null;
    if (clock.monotonic() >= until) {
      await warnOf(service, `timeout: ${answer.why}`, waiting);
      return null;
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}

/** `exited with code 3`, for a sentence about it. null: its container is not there. */
export function describeEnd(facts: Pick<ServiceFacts, 'code' | 'outOfMemory'> | null): string {
  if (facts === null) return 'its container was removed';
  return `exited with code ${facts.code}${facts.outOfMemory ? ', killed because its memory was used up (OOMKilled)' : ''}`;
}

async function warnOf({ id, title }: RunningService, why: string, { engine, say }: Waiting): Promise<void> {
  const lines = await lastLines(engine, id);
  const text = [
    '',
    `${YELLOW}*** WARNING:${RESET} Service ${title} probably didn't start properly.`,
    '',
    'Health check error:',
    `service "${title}" ${why}`,
    '',
    'Service container logs:',
    ...(lines.length === 0 ? ['(none)'] : lines),
    '',
    `${YELLOW}*********${RESET}`,
    '',
  ];
  for (const line of text) say(line);
}
