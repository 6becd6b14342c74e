import { StringDecoder } from 'node:string_decoder';
import { Failure } from '../../../base/index.ts';
import { framesOf } from '../engine/demultiplex.ts';
import type { Engine } from '../engine/engine.ts';

const LAST_LINES = 20;
const LONGEST_LINE = 4096;
/** Of one service, in the log of its job. */
const MOST_BYTES = 4 * 1024 * 1024;
const LAST_LINES_MS = 10_000;

/** What a service has printed last; empty when that is not known. */
export async function lastLines(engine: Engine, id: string): Promise<readonly string[]> {
  const query = { stdout: true, stderr: true, tail: LAST_LINES };
  const signal = AbortSignal.timeout(LAST_LINES_MS);
  const lines: string[] = [];
  try {
    const stream = await engine.open('GET', `/containers/${id}/logs`, { query, signal });
    await splitLines(stream, (line) => lines.push(line));
  } catch {
    // It is gone, or its engine: then nothing more is known than that.
  }
  return lines.slice(-LAST_LINES);
}

export interface Followed {
  readonly id: string;
  /** As it is called in the log. */
  readonly title: string;
  /** It ran before; what it has printed until now was told by another process. */
  readonly isOld: boolean;
  /** What a container that was started again has printed before that was told then. */
  readonly facts: { readonly startedAt: number };
}

/**
 * Tells what a service prints, line by line as `[service:TITLE] …`, until `end` aborts, it ends, or it has printed too much. Never rejects.
 */
export async function followLogs(
  engine: Engine,
  { id, title, isOld, facts }: Followed,
  { say, end }: { readonly say: (line: string) => void; readonly end: AbortSignal },
): Promise<void> {
  const query = {
    stdout: true,
    stderr: true,
    follow: true,
    ...(isOld ? { tail: 0 } : { since: Math.floor(facts.startedAt / 1000) || 0 }),
  };
  let left = MOST_BYTES;
  try {
    // A service may be silent for as long as it likes.
    const stream = await engine.open('GET', `/containers/${id}/logs`, { query, timeoutMs: 0, signal: end });
    await splitLines(stream, (line) => {
      left -= line.length + 1;
      if (left < 0) throw new Failure('too_much', 'what it printed is more than a log can take');
      say(`[service:${title}] ${line}`);
    });
  } catch (error) {
    if (left < 0) say(`[service:${title}] (more than ${MOST_BYTES / 1024 / 1024} MiB: the rest is left out)`);
    else if (!end.aborted)
      say(`[service:${title}] (its log broke off: ${error instanceof Error ? error.message : error})`);
  }
}

/** Lines of both streams in the order in which they were ended; one that is too long is cut. The stream is ended when `tell` throws. */
async function splitLines(stream: Parameters<typeof framesOf>[0], tell: (line: string) => void): Promise<void> {
  const open = { stdout: '', stderr: '' };
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const tellCut = (line: string): void => tell(line.replace(/\r$/, '').slice(0, LONGEST_LINE));
  try {
    for await (const { kind, bytes } of framesOf(stream)) {
      const [first = '', ...others] = decoders[kind].write(bytes).split('\n');
      // More of it would be cut anyway.
      open[kind] = (open[kind] + first).slice(0, LONGEST_LINE + 1);
      for (const next of others) {
        tellCut(open[kind]);
        open[kind] = next;
      }
    }
    for (const rest of Object.values(open)) if (rest !== '') tellCut(rest);
  } finally {
    stream.destroy();
  }
}
