import { setImmediate } from 'node:timers/promises';
import type { FoundSections } from '../../../blobs/index.ts';
import type { JobRecord } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { failedLine } from './failed-line.ts';
import type { LineSource } from './line-source.ts';
import { withLines } from './open-lines.ts';
import { readLines, type ShownLines } from './read-lines.ts';
import { type FoundLines, searchLines } from './search-lines.ts';

/** A log as a whole, as it is now. */
export interface LogFacts {
  readonly total: number;
  readonly sizeBytes: number;
  readonly resends: number;
  readonly isGrowing: boolean;
  /** It has ended and is not sealed: where the job failed may be known soon. */
  readonly isAwaited: boolean;
  readonly failedLine: number | null;
  readonly sections: FoundSections;
}

const NO_LOG: LogFacts = {
  total: 0,
  sizeBytes: 0,
  resends: 0,
  isGrowing: true,
  isAwaited: false,
  failedLine: null,
  sections: { sections: [], moreSections: 0 },
};
const NO_LINES: ShownLines = { from: 0, lines: [], cut: [], style: '' };

type LoggedJob = Pick<JobRecord, 'id' | 'state'>;

export interface WantedLines {
  /** Less than 0 counts from the end; null: no lines. */
  readonly from: number | null;
  readonly count: number;
  /** Where more than `count` lines are behind it: the last ones instead. */
  readonly endOnly?: boolean;
}

/** Part of a job's log, with what there is to say of the whole. */
export async function showLines(
  parts: Parts,
  job: LoggedJob,
  { from, count, endOnly = false }: WantedLines,
): Promise<LogFacts & ShownLines> {
  const shown = await withLines(parts, job.id, async (source) => {
    const { total } = source;
    const wanted = from === null ? total : from < 0 ? Math.max(0, total + from) : from;
    const first = endOnly ? Math.max(wanted, total - count) : wanted;
    const lines = from === null ? NO_LINES : await readLines(source, first, count);
    return { ...(await factsOf(source, job)), ...lines };
  });
  const isGrowing = job.state.finishedAt === null;
  return shown ?? { ...NO_LOG, isGrowing, ...NO_LINES };
}

async function factsOf(source: LineSource, { state }: LoggedJob): Promise<LogFacts> {
  const { total, sizeBytes, resends } = source;
  const sections = await source.sections();
  return {
    total,
    sizeBytes,
    resends,
    isGrowing: state.finishedAt === null,
    isAwaited: state.finishedAt !== null && source.isGrowing,
    failedLine: failedLine(source, sections, state),
    sections,
  };
}

/** Lines of a job's log in which a text is shown; ends early when `signal` is aborted. */
export async function findLines(
  parts: Parts,
  jobId: number,
  wanted: { readonly text: string; readonly from: number },
  signal: AbortSignal,
): Promise<FoundLines & Pick<LineSource, 'sizeBytes' | 'resends'>> {
  const pace = { now: () => parts.clock.monotonic(), giveWay: async () => await setImmediate(), signal };
  const found = await withLines(parts, jobId, async (source) => {
    const { sizeBytes, resends } = source;
    return { ...(await searchLines(source, wanted, pace)), sizeBytes, resends };
  });
  return found ?? { lines: [], nextOffset: null, sizeBytes: 0, resends: 0 };
}
