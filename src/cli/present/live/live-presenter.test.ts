import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../base/index.ts';
import { plain } from '../../terminal/colour.ts';
import { canceledRun, changed, forcedRun, logged, memoryOutput, START, started } from '../../testing/sample-run.ts';
import type { ShownEvent } from '../shown-event.ts';
import { createLivePresenter } from './live-presenter.ts';

/** A clock whose sleepers wait until the test lets time pass. */
function handClock(): Clock & { tick(ms: number): Promise<void> } {
  let now = START;
  let wake = Promise.withResolvers<void>();
  return {
    now: () => now,
    monotonic: () => now,
    sinceBoot: () => now,
    sleep(_ms, signal) {
      signal?.addEventListener('abort', () => wake.resolve(), { once: true });
      return wake.promise;
    },
    async tick(ms) {
      now += ms;
      const sleepers = wake;
      wake = Promise.withResolvers<void>();
      sleepers.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function live(size = { columns: 80, rows: 24 }) {
  const output = memoryOutput(size);
  const clock = handClock();
  let resume = () => {};
  const presenter = createLivePresenter({
    output,
    paint: plain,
    clock,
    onResume(listener) {
      resume = listener;
      return () => {};
    },
  });
  return { output, clock, presenter, resume: () => resume() };
}

/** What the report at the end says, after the live block was taken away. */
async function report(events: readonly ShownEvent[]): Promise<string> {
  const { output, presenter } = live();
  for (const event of events) await presenter.present(event);
  await presenter.close();
  return output.text().split('\u001b[?2026l').at(-1) ?? '';
}

describe('the live view', () => {
  it('ends with the logs that matter, each job, and what was kept', async () => {
    expect(await report(canceledRun)).toMatchInlineSnapshot(`
      "── log of test: unit (/home/ada/.local/state/epilogue/runs/42/jobs/2/log)
      not ok 1 - adds
      expected 3, got 4

      ── cleanup of deploy (/home/ada/.local/state/epilogue/runs/42/jobs/3/log)
      removing machines

      ✓ build       success (4.2s)
      ✗ test: unit  failed (exit code 1, 6.0s)
      ⊘ deploy      canceled (5.0s), cleanup succeeded (1.8s)
      artifacts of build: /home/ada/.local/state/epilogue/runs/42/jobs/1/artifacts.zip
      logs: /home/ada/.local/state/epilogue/runs/42
      ⊘ pipeline: canceled (11s)
      "
    `);
  });

  it('names the skipped cleanup on the last line of a forced run', async () => {
    expect((await report(forcedRun)).trimEnd().split('\n').at(-1)).toBe(
      'deploy: cleanup skipped by ada: force cancel (SIGINT twice); nobody else will do it: it is yours now',
    );
  });

  it('draws only when something changed, and a chatty job no more than once a frame', async () => {
    const { output, clock, presenter } = live();
    await presenter.present(started);
    await presenter.present(changed(1, 0));
    await clock.tick(100);
    const before = output.text().length;
    for (let line = 0; line < 1000; line += 1) await presenter.present(logged(1, `line ${line}\n`, line));
    expect(output.text().length).toBe(before);
    await clock.tick(100);
    const after = output.text();
    expect(after).toContain('line 999');
    expect(after).not.toContain('line 998');
    await clock.tick(100);
    expect(output.text()).toBe(after);
    await presenter.close();
  });

  it('goes back over as many rows as the old lines take after the terminal became narrower', async () => {
    const { output, presenter } = live({ columns: 80, rows: 24 });
    await presenter.present(started);
    const before = output.text().length;
    output.resize({ columns: 30, rows: 24 });
    // Five lines; the header (34 cells) and the footer (61) wrap at 30 columns.
    expect(output.text().slice(before)).toContain('\u001b[8A');
    await presenter.close();
  });

  it('starts a new block after the program was stopped and goes on', async () => {
    const { output, presenter, resume } = live();
    await presenter.present(started);
    const before = output.text().length;
    resume();
    expect(output.text().slice(before)).toContain('\u001b[?2026h\repilogue: 3 jobs');
    await presenter.close();
  });

  it('never hides the cursor, so that a killed run leaves a usable terminal', async () => {
    const { output, presenter } = live();
    for (const event of canceledRun) await presenter.present(event);
    await presenter.close();
    expect(output.text()).not.toContain('\u001b[?25l');
  });

  it('shows how an earlier run is finished before its own begins', async () => {
    const { output, clock, presenter } = live();
    await presenter.present({ ...changed(9, 0, { phase: 'teardown', cause: 'runner_lost' }), name: 'seed' });
    await clock.tick(100);
    expect(output.text()).toContain('finishing an earlier run that was killed');
    expect(output.text()).toMatch(/● seed .*ending \(the run was killed\)/);
    await presenter.present(started);
    expect(output.text().split('epilogue: 3 jobs').at(-1)).not.toContain('seed');
    await presenter.close();
  });
});
