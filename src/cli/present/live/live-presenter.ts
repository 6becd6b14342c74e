import type { Clock } from '../../../base/index.ts';
import type { Paint } from '../../terminal/colour.ts';
import type { Output } from '../../terminal/output.ts';
import { closingLines, jobLines, logExcerpts } from '../closing-report.ts';
import { describeNote } from '../describe-run.ts';
import type { Presenter } from '../presenter.ts';
import { applyEvent, newRunView, type RunView } from '../run-view.ts';
import type { ShownEvent } from '../shown-event.ts';
import { renderScreen } from './live-screen.ts';
import { createRedraw } from './redraw.ts';

export interface LiveOptions {
  readonly output: Output;
  readonly paint: Paint;
  readonly clock: Clock;
  /** Calls back when the program goes on after it was stopped (Ctrl-Z, fg); returns how to end that. */
  readonly onResume: (listener: () => void) => () => void;
}

/** Ten frames a second: faster is not seen, and a chatty job must not pay for the picture of it. */
const FRAME_MS = 100;

/** The view on a terminal: one line a job while it lasts, then the logs that matter and what was kept. */
export function createLivePresenter({ output, paint, clock, onResume }: LiveOptions): Presenter {
  const view = newRunView();
  const redraw = createRedraw(output);
  const ended = new AbortController();
  let drawn = '';

  function draw(): void {
    if ((view.started === null && view.jobs.length === 0) || output.room() !== undefined) return;
    const lines = renderScreen(view, clock.now(), output.size(), paint);
    const screen = lines.join('\n');
    if (screen === drawn) return;
    redraw.show(lines);
    drawn = screen;
  }

  async function drawFrames(): Promise<void> {
    while (!ended.signal.aborted) {
      draw();
      await clock.sleep(FRAME_MS, ended.signal);
    }
  }

  function drawAgain(): void {
    drawn = '';
    draw();
  }

  const frames = drawFrames();
  const stopListening = [
    output.onResize(drawAgain),
    onResume(() => {
      redraw.leave();
      drawAgain();
    }),
  ];

  return {
    onlyTails: true,
    present(event) {
      applyEvent(view, event);
      const text = permanentLines(event, paint);
      if (text.length > 0) redraw.printAbove(`${text.join('\n')}\n`);
      // What a person just did is answered at once.
      if (event.type === 'run_interrupted' || event.type === 'run_started') draw();
      return undefined;
    },
    async close() {
      ended.abort();
      await frames;
      for (const stop of stopListening) stop();
      if (drawn !== '') redraw.show([]);
      const report = lastReport(view, paint);
      if (report.length > 0) output.write(`${report.join('\n')}\n`);
      await output.flush();
    },
  };
}

/** What stays on the screen at the end. */
function lastReport(view: RunView, paint: Paint): string[] {
  const hasColours = paint('bold', 'x') !== 'x';
  return [...logExcerpts(view, paint, hasColours), ...jobLines(view, paint), ...closingLines(view, paint)];
}

/** What stays on the screen above the live lines. */
function permanentLines(event: ShownEvent, paint: Paint): string[] {
  if (event.type === 'run_recovered' || event.type === 'message') return describeNote(event, paint);
  return [];
}
