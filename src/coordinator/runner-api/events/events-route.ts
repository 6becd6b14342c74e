import { Type } from 'typebox';
import { findManager } from '../../../store/index.ts';
import { conflict, type Route, route, TAKEN, type Taken, tooManyRequests } from '../../http/index.ts';
import { EventStream } from '../../live/event-stream.ts';
import type { Parts } from '../../parts.ts';
import type { WaitingRoom } from '../requesting/waiting-room.ts';
import type { IdentifyRunner } from '../runner-credential.ts';
import { fitOf } from '../runner-fit.ts';
import type { EventDesk, Seat } from './event-desk.ts';
import { RUNNER_EVENTS, type RunnerEvent } from './runner-events.ts';
import { eventsOf } from './tell-runner.ts';

/** By the name of this feature a runner says that it reads the stream. */
export const EVENT_STREAM = 'event_stream';
/** Of a stream on which there is nothing to tell. Whoever hears nothing for three of these connects anew. */
const HEARTBEAT_MS = 15_000;
/** Then a runner has to come back, and is asked again who it is. */
const LONGEST_MS = 900_000;
const COME_BACK_MS = 100;
const BUSY_S = 60;
const SHUTDOWN: RunnerEvent = { event: 'shutdown', data: {} };

export interface EventTools {
  readonly identify: IdentifyRunner;
  readonly room: WaitingRoom;
  readonly desk: EventDesk;
}

/**
 * What a runner is to hear at once. Events: `cancel` (stop the script, clean up), `abort` (the attempt is over), `work` (ask for a job), `look` (ask about
 * every job you have: something may have been missed; always the first), `watch` (somebody watches the log: send what you have of it), `release` (somebody has ended your quarantine), `shutdown` (this server
 * stops: come back). All of them are hints: the headers of answers about a job, and a request for one, say the same.
 */
export function eventsRoute(parts: Parts, { identify, room, desk }: EventTools): Route {
  return route({
    method: 'GET',
    path: '/api/v4/runners/events',
    action: 'runner.protocol',
    summary:
      'What a runner is to hear at once: server-sent events `look`, `cancel`, `abort`, `watch`, `release`, `work`, `shutdown`',
    tag: 'Runner protocol',
    query: Type.Object({ system_id: Type.String({ minLength: 1, maxLength: 64 }) }),
    answers: { 200: null },
    events: RUNNER_EVENTS,
    handle: async (call): Promise<Taken<RunnerEvent>> => {
      const runner = await identify(call, undefined);
      const manager = await parts.store.read((db) => findManager(db, runner.id, call.query.system_id));
      if (manager === null || !manager.features.includes(EVENT_STREAM)) {
        throw conflict(`no request for work of this runner has named ${EVENT_STREAM}`);
      }
      const fit = await fitOf(parts, runner, manager.features);
      if (call.raw.request.method === 'HEAD') {
        new EventStream(call.raw.response, { clock: parts.clock, gone: call.signal, version: parts.version }).end(null);
        return TAKEN;
      }
      const seat = desk.sit(runner.id, manager.id);
      if (seat === null) throw tooManyRequests(BUSY_S);
      const takeDown = room.hang(fit, () => seat.ringForWork());
      const gone = AbortSignal.any([call.signal, seat.replaced]);
      try {
        const stream = new EventStream<RunnerEvent>(call.raw.response, {
          clock: parts.clock,
          gone,
          version: parts.version,
        });
        await follow(parts, stream, { seat, managerId: manager.id }, gone);
        const isStopping = call.signal.aborted;
        // Where somebody else sits in this one's place, neither is to hurry.
        stream.end(seat.replaced.aborted ? null : COME_BACK_MS, isStopping ? SHUTDOWN : undefined);
      } catch (error) {
        parts.log.error({ err: error, runner: runner.id }, 'event stream of a runner failed');
        call.raw.response.destroy();
      } finally {
        takeDown();
        seat.leave();
      }
      return TAKEN;
    },
  });
}

interface Listening {
  readonly seat: Seat;
  readonly managerId: number;
}

async function follow(
  parts: Parts,
  stream: EventStream<RunnerEvent>,
  { seat, managerId }: Listening,
  gone: AbortSignal,
): Promise<void> {
  const endsAt = parts.clock.monotonic() + LONGEST_MS;
  while (parts.clock.monotonic() < endsAt && !gone.aborted) {
    const news = await seat.next(HEARTBEAT_MS, gone);
    if (gone.aborted) return;
    if (news === null) {
      if (!(await stream.beat())) return;
      continue;
    }
    for (const event of await eventsOf(parts, managerId, news)) if (!(await stream.send(event))) return;
  }
}
