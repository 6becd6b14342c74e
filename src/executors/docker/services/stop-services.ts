import { describeError, Failure } from '../../../base/index.ts';
import { type Engine, isRefusal } from '../engine/engine.ts';
import { hasMark, type JobMark, LABELS, type Labels } from '../labels.ts';

/** Beyond the grace, for an engine that has much to do. */
const PATIENCE_MS = 30_000;

/**
 * The ids of a job's services, running or not: by their labels, so that a runner finds them that did not start them.
 * @throws Failure `engine_unreachable`
 */
export async function findServices(engine: Engine, mark: JobMark): Promise<readonly string[]> {
  const filters = { label: [`${LABELS.home}=${mark.home}`, `${LABELS.type}=service`] };
  const listed = await engine.ask('GET', '/containers/json', { query: { all: true, filters } });
  return (listed as readonly { Id: string; Labels: Labels | null }[])
    .filter(({ Labels: labels }) => hasMark(labels, mark))
    .map(({ Id }) => Id);
}

/**
 * Ends all services of a job and removes them, with the volumes that have no name: the signal that their image asks for (TERM), and KILL after the grace, all at once.
 * @throws Failure that names what could not be removed; the rest is gone
 */
export async function stopServices(engine: Engine, mark: JobMark, graceSeconds: number): Promise<void> {
  const ids = await findServices(engine, mark);
  const troubles = await Promise.all(
    ids.map((id) =>
      removeContainer(engine, id, graceSeconds).then(
        () => [],
        (error: unknown) => [`${id.slice(0, 12)}: ${describeError(error)}`],
      ),
    ),
  );
  const all = troubles.flat();
  if (all.length > 0) throw new Failure('not_removed', `services of the job could not be removed: ${all.join('; ')}`);
}

/** Stopped with a grace, then removed with its anonymous volumes. One that is gone already is no error. @throws EngineRefusal, Failure `engine_unreachable` */
export async function removeContainer(engine: Engine, id: string, graceSeconds: number): Promise<void> {
  try {
    await engine.ask('POST', `/containers/${id}/stop`, {
      query: { t: graceSeconds },
      timeoutMs: graceSeconds * 1000 + PATIENCE_MS,
    });
  } catch (error) {
    if (isRefusal(error, 404)) return;
    // Whatever kept it from being stopped (it is paused, its shim is gone): it is removed by force.
    if (!isRefusal(error, 304, 409, 500)) throw error;
  }
  try {
    await engine.ask('DELETE', `/containers/${id}`, { query: { v: true, force: true } });
  } catch (error) {
    // 409: another removes it, too.
    if (isRefusal(error, 404)) return;
    if (!isRefusal(error, 409)) throw error;
    await untilRemoved(engine, id);
  }
}

async function untilRemoved(engine: Engine, id: string): Promise<void> {
  try {
    await engine.ask('POST', `/containers/${id}/wait`, { query: { condition: 'removed' }, timeoutMs: PATIENCE_MS });
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}
