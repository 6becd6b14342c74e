import { createSectionFinder, type FoundSections, MAX_SECTIONS } from '../../../blobs/index.ts';
import { type LogMark, type LogRecord, listSectionBlocks, MARK_BYTES } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { placeOf } from '../place/place-of.ts';
import { TurnsByKey } from '../turns-by-key.ts';

/** Longer than the longest marker, which may go on in a block that has none of its own. */
const MARKER_BYTES = 320;
const BLOCKS_AT_ONCE = 256;
const MOST_LOGS = 32;

interface Progress {
  readonly resends: number;
  readonly finder: ReturnType<typeof createSectionFinder>;
  /** Behind the last byte that the finder saw. */
  offset: number;
}

interface Known {
  /** By job; who was looked at last stands last. */
  readonly logs: Map<number, Progress>;
  readonly turns: TurnsByKey;
}

const known = new WeakMap<Parts['store'], Known>();

/** Sections of a log that grows. Only blocks that may hold a marker are read, each once for all who look. */
export async function growingSections(
  parts: Parts,
  log: Pick<LogRecord, 'jobId' | 'place' | 'keptBytes' | 'resends'>,
): Promise<FoundSections> {
  const mine = known.get(parts.store) ?? { logs: new Map(), turns: new TurnsByKey() };
  known.set(parts.store, mine);
  return await mine.turns.take(log.jobId, async () => {
    const before = mine.logs.get(log.jobId);
    mine.logs.delete(log.jobId);
    const progress =
      before?.resends === log.resends
        ? before
        : { resends: log.resends, finder: createSectionFinder(MAX_SECTIONS), offset: 0 };
    await readOn(parts, log, progress);
    mine.logs.set(log.jobId, progress);
    for (const [jobId] of mine.logs) {
      if (mine.logs.size <= MOST_LOGS) break;
      mine.logs.delete(jobId);
    }
    return progress.finder.found();
  });
}

async function readOn(
  parts: Parts,
  { jobId, place, keptBytes }: Pick<LogRecord, 'jobId' | 'place' | 'keptBytes'>,
  progress: Progress,
): Promise<void> {
  const { finder } = progress;
  let block = Math.floor(Math.max(0, progress.offset - MARKER_BYTES) / MARK_BYTES);
  for (;;) {
    const from = block;
    const blocks = await parts.store.read((db) => listSectionBlocks(db, jobId, from, BLOCKS_AT_ONCE));
    for (const mark of blocks) {
      seekTo(progress, mark);
      const end = Math.min(keptBytes, (mark.block + 1) * MARK_BYTES + MARKER_BYTES);
      if (progress.offset >= end) continue;
      for await (const bytes of placeOf(place).read(parts, jobId, progress.offset, end)) finder.push(bytes);
      progress.offset = end;
    }
    block = (blocks.at(-1)?.block ?? block) + 1;
    if (blocks.length < BLOCKS_AT_ONCE) return;
  }
}

function seekTo(progress: Progress, { block, newlines }: LogMark): void {
  const start = block * MARK_BYTES;
  if (progress.offset >= start) return;
  progress.finder.seek(newlines);
  progress.offset = start;
}
