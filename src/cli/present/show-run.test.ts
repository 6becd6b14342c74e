import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunEvent } from '../../local/index.ts';
import { changed, finished, START } from '../testing/sample-run.ts';
import type { Presenter } from './presenter.ts';
import { RunShow } from './show-run.ts';
import type { ShownEvent } from './shown-event.ts';

let directory: string;
let sizes: Record<number, number>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-show-'));
  sizes = {};
});

afterEach(() => rmSync(directory, { recursive: true }));

/** A job prints, the runner appends to the spool and says how far it has grown. */
function grow(job: number, text: string): RunEvent {
  const logFile = join(directory, String(job));
  appendFileSync(logFile, text);
  sizes[job] = (sizes[job] ?? 0) + Buffer.byteLength(text);
  return { type: 'job_log_grew', at: START, job, name: `job ${job}`, logFile, sizeBytes: sizes[job] };
}

/** Remembers what it is given; `pause` stands for a reader that does not read. */
function recorder(pause: () => Promise<void> | undefined = () => undefined) {
  const seen: string[] = [];
  const presenter: Presenter = {
    present(event: ShownEvent) {
      seen.push(event.type === 'job_log' ? `${event.job}@${event.offset}: ${Buffer.from(event.bytes)}` : event.type);
      return pause();
    },
    async close() {},
  };
  return { seen, presenter };
}

it('shows the bytes of each log, once each, before the news that came after them', async () => {
  const { seen, presenter } = recorder();
  const show = new RunShow(presenter);
  show.present(grow(1, ''));
  show.present(grow(1, 'one '));
  show.present(grow(1, 'two '));
  show.present(changed(1, 1));
  show.present(grow(1, 'three'));
  show.present(finished(1, 2));
  await show.close();
  expect(seen).toEqual(['1@0: one two ', 'job_changed', '1@8: three', 'job_finished']);
});

it('lets a run go on while its reader stands still, and has waiting no more than a few events', async () => {
  const reader = Promise.withResolvers<void>();
  const { seen, presenter } = recorder(() => reader.promise);
  const show = new RunShow(presenter);
  show.present(grow(1, ''));
  show.present(grow(2, ''));
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}\n`);
  for (const line of lines) {
    show.present(grow(1, line));
    show.present(grow(2, line));
    if (line === lines[100]) await new Promise(setImmediate);
  }
  expect(seen.length).toBe(1);
  reader.resolve();
  await show.close();
  const shownOf = (job: number) =>
    seen.flatMap((text) => (text.startsWith(`${job}@`) ? [text.replace(/^.*?: /, '')] : []));
  expect(shownOf(1).join('')).toBe(lines.join(''));
  expect(shownOf(2).join('')).toBe(lines.join(''));
  expect(seen.length).toBeLessThan(6);
});

it('begins where the runner before this one has stopped', async () => {
  grow(1, 'shown by a runner that died\n');
  const { seen, presenter } = recorder();
  const show = new RunShow(presenter);
  show.present(grow(1, ''));
  show.present(grow(1, 'cleaning\n'));
  await show.close();
  expect(seen).toEqual(['1@28: cleaning\n']);
});

it('reads the end alone for a view that shows no more, and cuts no character', async () => {
  const { seen, presenter } = recorder();
  const show = new RunShow({ ...presenter, onlyTails: true });
  show.present(grow(1, ''));
  show.present(grow(1, `${'ä'.repeat(100_000)}x`));
  await show.close();
  expect(seen.length).toBe(1);
  // The tail would begin inside a character, at byte 167,233.
  expect(/^1@167234: ä+x$/.test(seen[0] ?? '')).toBe(true);
});

it('cuts no character where it cuts a long log', async () => {
  const { seen, presenter } = recorder();
  const show = new RunShow(presenter);
  const text = `x${'€'.repeat(200_000)}`;
  show.present(grow(1, ''));
  show.present(grow(1, text));
  await show.close();
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.map((part) => part.replace(/^.*?: /, '')).join('')).toBe(text);
});

it('reads no log that nobody sees', async () => {
  const { seen, presenter } = recorder();
  const show = new RunShow(presenter, () => true);
  show.present(grow(1, ''));
  show.present(grow(1, 'one\n'));
  show.present(finished(1, 2));
  await show.close();
  expect(seen).toEqual(['job_finished']);
});

it('shows nothing of what a script has put in the place of a log, and waits for none of it', async () => {
  const logFile = join(directory, 'pipe');
  execFileSync('mkfifo', [logFile]);
  const { seen, presenter } = recorder();
  const show = new RunShow(presenter);
  for (const sizeBytes of [0, 10])
    show.present({ type: 'job_log_grew', at: START, job: 1, name: 'a', logFile, sizeBytes });
  await show.close();
  expect(seen).toEqual([]);
});
