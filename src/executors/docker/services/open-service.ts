import { type Clock, describeError, Failure } from '../../../base/index.ts';
import { type Engine, EngineRefusal, isRefusal } from '../engine/engine.ts';
import { hasMark, type JobMark } from '../labels.ts';
import { type ServiceFacts, serviceFacts } from './service-facts.ts';

export interface ServiceOpening {
  readonly engine: Engine;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Of its container. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly platform: string | null;
  /** A container of this name that is not this job's is not touched. */
  readonly mark: JobMark;
  /** Its body for the engine; asked for only where none is there. */
  readonly spec: () => Promise<object>;
  readonly signal: AbortSignal;
}

export interface OpenedService {
  readonly facts: ServiceFacts;
  /** It ran already. */
  readonly isOld: boolean;
}

/** By another process that starts the same, or taken away in between. */
const TRIES = 5;
const PAUSE_MS = 200;

/**
 * A service's container, started: found, started again, or made.
 * @throws Failure `executor_unavailable` when it cannot be started, `canceled`, `engine_unreachable`
 */
export async function openService(opening: ServiceOpening): Promise<OpenedService> {
  const { engine, clock, name, signal } = opening;
  for (let tries = 1; ; tries += 1) {
    const found = await serviceFacts(engine, name, signal);
    if (found !== null && !hasMark(found.labels, opening.mark)) throw foreign(opening);
    if (found?.isRunning) return { facts: found, isOld: true };
    try {
      const id = found?.id ?? (await makeContainer(opening));
      await engine.ask('POST', `/containers/${id}/start`, { signal });
      const facts = await serviceFacts(engine, id, signal);
      if (facts !== null) return { facts, isOld: false };
    } catch (error) {
      if (!isRefusal(error, 404, 409) || tries === TRIES) throw unstartable(opening, error);
    }
    await clock.sleep(PAUSE_MS, signal);
    if (tries === TRIES) throw unstartable(opening, new Error('its container was removed again and again'));
  }
}

async function makeContainer({ engine, name, platform, spec, signal }: ServiceOpening): Promise<string> {
  const query = { name, ...(platform !== null && { platform }) };
  const answer = await engine.ask('POST', '/containers/create', { query, body: await spec(), signal });
  return (answer as { Id: string }).Id;
}

function foreign({ name, title }: ServiceOpening): Failure {
  return new Failure(
    'executor_unavailable',
    `service ${title} cannot be started: a container ${name} is there that is not this job's`,
  );
}

function unstartable({ title }: ServiceOpening, error: unknown): unknown {
  if (error instanceof Failure && !(error instanceof EngineRefusal)) return error;
  const words = error instanceof EngineRefusal ? error.words : describeError(error);
  return new Failure('executor_unavailable', `service ${title} cannot be started: ${words}`, { cause: error });
}
