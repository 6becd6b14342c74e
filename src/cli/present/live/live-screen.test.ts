import { describe, expect, it } from 'vitest';
import { plain } from '../../terminal/colour.ts';
import { displayWidth } from '../../terminal/display-width.ts';
import { canceledRun, changed, finished, logged, START, started } from '../../testing/sample-run.ts';
import { applyEvent, newRunView } from '../run-view.ts';
import type { ShownEvent } from '../shown-event.ts';
import { renderScreen } from './live-screen.ts';

function screen(events: readonly ShownEvent[], seconds: number, size = { columns: 80, rows: 24 }): string {
  const view = newRunView();
  for (const event of events) applyEvent(view, event);
  return renderScreen(view, START + seconds * 1000, size, plain).join('\n');
}

function manyJobs(count: number): ShownEvent[] {
  const jobs = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `job ${index + 1}`,
    stage: 'build',
    status: 'created' as const,
  }));
  return [{ ...started, jobs }];
}

describe('the live screen', () => {
  it('has one line a job with its status, time and last line of output', () => {
    const events = [
      started,
      changed(1, 0),
      finished(1, 4),
      changed(2, 0),
      logged(2, 'ok 1\n\u001b[32mok 2 - adds\u001b[0m\n\n'),
    ];
    expect(screen(events, 12)).toMatchInlineSnapshot(`
      "epilogue: 3 jobs · main 1a2b3c4d
      ✓ build         4.2s
      ● test: unit     12s  ok 2 - adds
      · deploy              waiting
      1 of 3 done, 12s · Ctrl-C: cancel, cleanup runs · again: force"
    `);
  });

  it('counts down while a canceled job cleans up, and offers to force', () => {
    expect(screen(canceledRun.slice(0, -2), 10)).toMatchInlineSnapshot(`
      "epilogue: 3 jobs · main 1a2b3c4d
      ✓ build         4.2s
      ✗ test: unit    6.0s  failed (exit code 1)
      ◐ deploy          4s  cleaning up, 4:59 left (canceled)  removing machines
      canceling: cleanup runs, at most 4:59 · Ctrl-C: force, skips cleanup"
    `);
  });

  it('says of every job how it ended', () => {
    expect(screen(canceledRun, 11)).toMatchInlineSnapshot(`
      "epilogue: 3 jobs · main 1a2b3c4d
      ✓ build         4.2s
      ✗ test: unit    6.0s  failed (exit code 1)
      ⊘ deploy        5.0s  canceled, cleanup succeeded (1.8s)
      pipeline: canceled"
    `);
  });

  it('has no line wider than the terminal, whatever its width and the text', () => {
    const wide = [
      started,
      changed(1, 0),
      logged(1, 'コンパイル中です 🚀🚀 e\u0301e\u0301 \u202Eedoc'.repeat(20)),
      changed(2, 0, { status: 'canceling', phase: 'teardown', cause: 'canceled', deadline: START + 60_000 }),
    ];
    for (let columns = 1; columns < 100; columns += 1) {
      for (const line of screen(wide, 5, { columns, rows: 10 }).split('\n')) {
        expect(displayWidth(line), `${columns} columns: ${line}`).toBeLessThanOrEqual(Math.max(1, columns - 1));
      }
    }
  });

  it('fits the rows: what runs and what failed stays, the rest becomes a count', () => {
    const events = [
      ...manyJobs(40),
      ...Array.from({ length: 20 }, (_, index) => finished(index + 1, 1, { name: `job ${index + 1}` })),
      finished(21, 1, { status: 'failed', failureReason: 'script_failure', exitCode: 2 }),
      changed(30, 1),
    ];
    expect(screen(events, 2, { columns: 60, rows: 9 })).toMatchInlineSnapshot(`
      "epilogue: 40 jobs · main 1a2b3c4d
      ✗ job 21    4.2s  failed (exit code 2)
      · job 22          waiting
      · job 23          waiting
      · job 24          waiting
      ● job 30      1s
      … and 20 success, 15 waiting
      21 of 40 done, 2s · Ctrl-C: cancel, cleanup runs · again: …"
    `);
  });

  it('shows a retried job in its old place with the number of its attempt', () => {
    const failed = finished(1, 2, { status: 'failed', failureReason: 'script_failure', exitCode: 1, retriedAs: 7 });
    const rows = screen([started, changed(1, 0), failed, changed(7, 3)], 5).split('\n');
    expect(rows[1]).toBe('● build (attempt 2)      2s');
  });
});
