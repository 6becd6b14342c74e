import { signal } from '@preact/signals';
import type { Extent, LinesAnswer, LogEvent, LogSource, Stretch } from './answers.ts';
import { type HeldLines, holdLines, WINDOW } from './held-lines.ts';
import { type Span, whatToAsk } from './what-to-ask.ts';

/** Waits after an answer that did not come, in milliseconds; the last goes on. */
const WAITS_MS = [500, 1_000, 2_000, 5_000, 10_000];

/** Opens a log around a line, or at its end (null). Who opens it closes it. */
export function openLog(source: LogSource, first: number | null): Log {
  return new Log(source, first);
}

/** A log that is being read: what is known of it, and the lines that are held. Lines count from 0. */
export class Log {
  /** null until the first answer. */
  readonly extent = signal<Extent | null>(null);
  /** Another number whenever lines came or went. */
  readonly changes = signal(0);
  /** Why lines are not there; it is tried again by itself. */
  readonly trouble = signal<string | null>(null);
  /** The reader keeps the end in view: the stream is worth the lines themselves. */
  readonly following = signal(false);
  readonly source: LogSource;
  readonly #first: number | null;
  readonly #closed = new AbortController();
  #held = holdLines();
  #wanted: Span | null = null;
  #isAsking = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: LogSource, first: number | null) {
    this.source = source;
    this.#first = first;
    void this.#ask();
  }

  get lines(): HeldLines {
    return this.#held;
  }

  /** Says which lines are to be seen, `[from, to)`. One request runs at a time, each for what is wanted then. */
  want(from: number, to: number): void {
    this.#wanted = { from, to };
    if (this.#failures === 0) void this.#ask();
  }

  /** Takes an event `log` of the stream, with lines or without. */
  hear(event: LogEvent): void {
    const before = this.extent.value;
    if (before !== null && before.resends === event.resends) forgetUnfinished(this.#held, before, event);
    this.#take(event, event);
    if (this.#failures === 0) void this.#ask();
  }

  /** Where the stream's lines are to begin, for `log:JOB@LINE`: the last line that is held, which may grow. */
  tail(): number {
    const total = this.extent.value?.total ?? 0;
    return Math.max(0, this.#held.text(total - 1) === null ? total : total - 1);
  }

  /** The texts of all lines `[from, to)`, asked for where they are not held. */
  async fetch(from: number, to: number, signal: AbortSignal): Promise<readonly string[]> {
    const texts: string[] = [];
    for (let line = from; line < Math.min(to, this.extent.value?.total ?? 0); line += 1) {
      if (this.#held.text(line) === null) {
        const count = Math.min(WINDOW, to - line);
        const answer = await this.source.lines({ from: line, count, sections: false }, signal);
        this.#held.put(answer);
      }
      texts.push(this.#held.text(line) ?? '');
    }
    return texts;
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const { signal } = this.#closed;
    clearTimeout(this.#timer);
    while (!this.#isAsking && !signal.aborted) {
      const ask = whatToAsk(this.#held, this.extent.value, this.#wanted, this.#first);
      if (ask === null) return;
      this.#isAsking = true;
      try {
        this.#answered(ask, await this.source.lines({ ...ask, sections: this.extent.value?.sections == null }, signal));
        this.#failures = 0;
        this.trouble.value = null;
      } catch (error) {
        if (signal.aborted) return;
        this.trouble.value = error instanceof Error ? error.message : String(error);
        this.#failures += 1;
        this.#timer = setTimeout(() => void this.#ask(), WAITS_MS[Math.min(this.#failures, WAITS_MS.length) - 1]);
      }
      this.#isAsking = false;
      if (this.#failures > 0) return;
    }
  }

  #answered(ask: { readonly from: number }, answer: LinesAnswer): void {
    const before = this.extent.value;
    // The stream was quicker: this is of the log before it was begun anew.
    if (before !== null && answer.resends < before.resends) return;
    const isOld = before !== null && answer.resends === before.resends && answer.total < before.total;
    if (isOld) this.#take({ ...before, sections: null }, withoutEnd(answer));
    else this.#take(answer, answer);
    if (answer.lines.length === 0 && answer.total > ask.from && !isOld && ask.from >= 0) {
      throw new Error('The coordinator sent none of the lines that were asked for.');
    }
  }

  #take(extent: Extent, stretch: Partial<Stretch>): void {
    const before = this.extent.value;
    const isAnew = before !== null && before.resends !== extent.resends;
    if (isAnew) this.#held = holdLines();
    const { from, lines, cut = [], style = '' } = stretch;
    if (from !== undefined && lines !== undefined) this.#held.put({ from, lines, cut, style });
    const { total, size, resends, growing, failed_line } = extent;
    const sections = extent.sections ?? (isAnew ? null : (before?.sections ?? null));
    this.extent.value = { total, size, resends, growing, failed_line, sections };
    this.changes.value += 1;
  }
}

/** An event says what is new: its lines replace all from there on; without, the last line that was held may have grown. */
function forgetUnfinished(held: HeldLines, before: Extent, event: LogEvent): void {
  if (event.lines !== undefined && event.from !== undefined && event.from <= before.total) held.dropFrom(event.from);
  else if (event.size !== before.size) held.dropFrom(Math.min(Math.max(0, before.total - 1), event.total));
}

/** An answer that is older than what the stream said: its last line may have grown since. */
function withoutEnd({ from, lines, cut, style, total }: LinesAnswer): Stretch {
  const kept = lines.slice(0, Math.max(0, total - 1 - from));
  return { from, lines: kept, cut: cut.filter(({ line }) => line < from + kept.length), style };
}
