import { isFinished } from '../../protocol/index.ts';
import { findJob } from '../../store/index.ts';
import { readJobLog } from '../logs/index.ts';
import type { Parts } from '../parts.ts';
import type { LogEvent } from '../rest/schemas/events.ts';
import { logEventId, type SeenLog } from './log-event-id.ts';
import type { Teller, Telling } from './serve-stream.ts';
import { watchedLogs } from './watched-logs.ts';

const PART_BYTES = 65_536;

/**
 * Tells a job's log from a byte on, as it grows, until the job has ended: its teardown is part of it. Who has seen bytes that were taken back since, now or
 * before it came back, is told so first.
 */
export function tellLog({ parts, share }: Telling, jobId: number, seen: SeenLog): Teller<LogEvent> {
  let { offset: at, resends } = seen;
  return async (stream) => {
    // Looked at before the log: whatever the job printed is in there by then.
    const job = await share(`job ${jobId}`, () => parts.store.read((db) => findJob(db, jobId)));
    const isOver = job === null || isFinished(job.state.status);
    if (!isOver) await watchedLogs(parts).note(job);
    for (;;) {
      const part = await share(`log ${jobId} ${at} ${isOver}`, () => readPart(parts, jobId, at, isOver));
      const holds = firstBytesThatHold(part, resends);
      resends = part.resends ?? resends;
      if (at > holds) {
        at = holds;
        const id = logEventId({ offset: at, resends });
        if (!(await stream.send({ event: 'reset', id, data: { offset: at } }))) return 'over';
        continue;
      }
      if (part.event === null) {
        if (!isOver) return 0;
        const id = logEventId({ offset: at, resends });
        await stream.send({ event: 'end', id, data: { offset: at, status: job?.state.status ?? null } });
        return 'over';
      }
      if (!(await stream.send(part.event))) return 'over';
      at = part.end;
      if (!part.isMore && !isOver) return 0;
    }
  };
}

/** How many bytes are still those that a watcher saw after `resends` times; of more than one time it is not known where they began. */
function firstBytesThatHold(part: Part, resends: number | null): number {
  if (resends === null || part.resends === null || part.resends === resends) return Number.POSITIVE_INFINITY;
  return part.resends === resends + 1 ? (part.resentFrom ?? 0) : 0;
}

/** What all who have seen the log up to one byte are told. */
interface Part {
  /** Null: nothing now. */
  readonly event: LogEvent | null;
  /** The byte after it. */
  readonly end: number;
  readonly isMore: boolean;
  /** Null: there is no log. */
  readonly resends: number | null;
  readonly resentFrom: number | null;
}

/** What can be shown now: no half of a character, unless nothing comes after it. */
async function readPart(parts: Parts, jobId: number, from: number, isLast: boolean): Promise<Part> {
  const log = await readJobLog(parts, jobId, { from, to: from + PART_BYTES });
  if (log === null) return { event: null, end: from, isMore: false, resends: null, resentFrom: null };
  const { resends, resentFrom } = log;
  const chunks: Uint8Array[] = [];
  for await (const chunk of log.body) chunks.push(chunk as Uint8Array);
  const read = Buffer.concat(chunks);
  const isMore = from + read.length < log.sizeBytes;
  const bytes = isLast && !isMore ? read : read.subarray(0, wholeCharacters(read));
  const end = from + bytes.length;
  const data = { offset: from, next_offset: end, text: bytes.toString() };
  const id = logEventId({ offset: end, resends });
  return { event: bytes.length === 0 ? null : { event: 'log', id, data }, end, isMore, resends, resentFrom };
}

/** How many bytes are left when a character that has only begun is taken off the end. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte < 0b1100_0000 ? 1 : byte < 0b1110_0000 ? 2 : byte < 0b1111_0000 ? 3 : 4;
    return back < length ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
