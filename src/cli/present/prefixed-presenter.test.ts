import { describe, expect, it } from 'vitest';
import { coloured, plain } from '../terminal/colour.ts';
import {
  canceledRun,
  changed,
  finished,
  forcedRun,
  logged,
  memoryOutput,
  START,
  started,
} from '../testing/sample-run.ts';
import { createPrefixedPresenter } from './prefixed-presenter.ts';
import type { ShownEvent } from './shown-event.ts';

async function show(events: readonly ShownEvent[], paint = plain): Promise<string> {
  const output = memoryOutput();
  const presenter = createPrefixedPresenter(output, paint);
  for (const event of events) await presenter.present(event);
  await presenter.close();
  return output.text();
}

describe('prefixed lines', () => {
  it('tells a canceled run from start to end', async () => {
    expect(await show(canceledRun)).toMatchInlineSnapshot(`
      "epilogue: 3 jobs, logs in /home/ada/.local/state/epilogue/runs/42
      build: running
      test: unit: running
      build      | compiling
      build      | linking
      build: success (4.2s)
      test: unit | not ok 1 - adds
      test: unit | expected 3, got 4
      test: unit: failed (exit code 1, 6.0s)
      deploy: running
      deploy     | creating machines
      SIGINT: canceling; cleanup runs (again: force)
      deploy: canceling, cleaning up, 5:00 left (canceled)
      deploy     | removing machines
      deploy: canceled (5.0s), cleanup succeeded (1.8s)
      ✗ test: unit  failed (exit code 1, 6.0s)
      artifacts of build: /home/ada/.local/state/epilogue/runs/42/jobs/1/artifacts.zip
      logs: /home/ada/.local/state/epilogue/runs/42
      ⊘ pipeline: canceled (11s)
      "
    `);
  });

  it('names the cleanup that a force cancel skipped on the last line', async () => {
    const lines = (await show(forcedRun)).trimEnd().split('\n');
    expect(lines.at(-1)).toBe(
      'deploy: cleanup skipped by ada: force cancel (SIGINT twice); nobody else will do it: it is yours now',
    );
    expect(lines.at(-2)).toBe('⊘ pipeline: canceled, forced (11s)');
  });

  it('says what became of an earlier run that was killed', async () => {
    const recovered: ShownEvent = {
      type: 'run_recovered',
      at: START,
      run: '41',
      by: 'guard',
      jobs: [
        {
          id: 9,
          name: 'deploy',
          status: 'failed',
          cleanup: { outcome: 'succeeded', attempt: 1, durationMs: 300 },
          logFile: '/log/9',
        },
        { id: 10, name: 'seed', status: 'failed', cleanup: { outcome: 'lost', attempt: 1 }, logFile: '/log/10' },
      ],
    };
    expect(await show([recovered])).toMatchInlineSnapshot(`
      "An earlier run (41) was killed; its guard finished it.
        ✗ deploy: failed, cleanup succeeded (0.3s)
          log: /log/9
        ✗ seed: failed, cleanup lost: it could not be run
          log: /log/10
      "
    `);
  });

  it('shows a line without a newline before the news that ends it', async () => {
    const text = await show([started, changed(1, 0), logged(1, 'half a line'), finished(1, 1)]);
    expect(text).toContain('build      | half a line\nbuild: success (4.2s)\n');
  });

  it('says nothing of a teardown that only ends a successful job', async () => {
    const teardown = changed(1, 1, { phase: 'teardown', cause: 'succeeded', deadline: START + 300_000 });
    expect(await show([started, changed(1, 0), teardown, finished(1, 2)])).not.toContain('cleaning up');
  });

  it('says of a job that succeeded in a run that was killed how it is ended, not that it runs', async () => {
    const teardown = changed(1, 1, { phase: 'teardown', cause: 'succeeded', deadline: START + 300_000 });
    expect(await show([teardown, finished(1, 2)])).toMatch(/: cleaning up, [\d:]+ left\n/);
    expect(await show([teardown, finished(1, 2)])).not.toContain('running');
  });

  it('names the attempt of a job that runs again', async () => {
    const again = { ...changed(7, 3), name: 'build' };
    const failed = finished(1, 2, { status: 'failed', failureReason: 'script_failure', exitCode: 1, retriedAs: 7 });
    const text = await show([started, changed(1, 0), failed, again]);
    expect(text).toContain('build: failed (exit code 1, 4.2s), retrying\nbuild (attempt 2): running\n');
  });

  it('keeps the colours of a log only when colour is wanted', async () => {
    const events = [started, logged(1, '\u001b[31mred\u001b[0m\n')];
    expect(await show(events)).toContain('build      | red\n');
    expect(await show(events, coloured)).toContain('| \u001b[31mred\u001b[0m');
  });
});
