import { isFinished } from '../../protocol/index.ts';
import { findJob } from '../../store/index.ts';
import { readJobLog } from '../logs/index.ts';
import type { Parts } from '../parts.ts';
import type { EventStream } from './event-stream.ts';
import type { Teller, Telling } from './serve-stream.ts';

const PART_BYTES = 65_536;

/** Tells a job's log from a byte on, as it grows, until the job has ended: its teardown is part of it. */
export function tellLog({ parts, share }: Telling, jobId: number, from: number): Teller {
  let at = from;
  let resentFrom: number | null | undefined;
  return async (stream) => {
    // Looked at before the log: whatever the job printed is in there by then.
    const job = await share(`job ${jobId}`, () => parts.store.read((db) => findJob(db, jobId)));
    const isOver = job === null || isFinished(job.state.status);
    for (;;) {
      const part = await share(`log ${jobId} ${at} ${isOver}`, () => readPart(parts, jobId, at, isOver));
      const isOld = resentFrom !== undefined && part.resentFrom !== resentFrom && at > (part.resentFrom ?? at);
      resentFrom = part.resentFrom;
      if (isOld && resentFrom !== null) {
        at = resentFrom;
        if (!(await stream.send({ event: 'reset', id: at, data: { offset: at } }))) return 'over';
        continue;
      }
      if (part.bytes.length === 0) {
        if (!isOver) return 0;
        await stream.send({ event: 'end', id: at, data: { offset: at, status: job?.state.status ?? null } });
        return 'over';
      }
      if (!(await sendPart(stream, at, part.bytes))) return 'over';
      at += part.bytes.length;
      if (!part.isMore && !isOver) return 0;
    }
  };
}

async function sendPart(stream: EventStream, offset: number, bytes: Buffer): Promise<boolean> {
  return await stream.send({
    event: 'log',
    id: offset + bytes.length,
    data: { offset, next_offset: offset + bytes.length, text: bytes.toString() },
  });
}

interface Part {
  readonly bytes: Buffer;
  readonly isMore: boolean;
  readonly resentFrom: number | null;
}

/** What can be shown now: no half of a character, unless nothing comes after it. */
async function readPart(parts: Parts, jobId: number, from: number, isLast: boolean): Promise<Part> {
  const log = await readJobLog(parts, jobId, { from, to: from + PART_BYTES });
  if (log === null) return { bytes: Buffer.alloc(0), isMore: false, resentFrom: null };
  const { resentFrom } = log;
  const chunks: Uint8Array[] = [];
  for await (const chunk of log.body) chunks.push(chunk as Uint8Array);
  const bytes = Buffer.concat(chunks);
  const isMore = from + bytes.length < log.sizeBytes;
  return { bytes: isLast && !isMore ? bytes : bytes.subarray(0, wholeCharacters(bytes)), isMore, resentFrom };
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
