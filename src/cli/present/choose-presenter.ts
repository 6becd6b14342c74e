import type { RunEvent } from '../../local/index.ts';
import type { Host } from '../host.ts';
import { canRedraw, coloured, plain, wantsColour } from '../terminal/colour.ts';
import { createJsonPresenter } from './json-presenter.ts';
import { createLivePresenter } from './live-presenter.ts';
import { createPrefixedPresenter } from './prefixed-presenter.ts';
import type { Presenter } from './presenter.ts';

/** The live view on a terminal that can redraw, prefixed lines elsewhere, JSON when asked for. */
export function choosePresenter(host: Host, options: { readonly json: boolean }): Presenter {
  const { stdout, env, clock } = host;
  if (options.json) return harmless(createJsonPresenter(stdout), host);
  const paint = wantsColour(env, stdout.isTerminal) ? coloured : plain;
  if (!canRedraw(env, stdout.isTerminal)) return harmless(createPrefixedPresenter(stdout, paint), host);
  return harmless(createLivePresenter({ output: stdout, paint, clock, onResume: host.onResume }), host);
}

/** A bug in what shows a run must not end the run, on which cleanups depend: it is told once, then the rest goes unseen. */
function harmless(presenter: Presenter, host: Host): Presenter {
  let isBroken = false;
  function giveUp(error: unknown): undefined {
    if (isBroken) return;
    isBroken = true;
    const details = error instanceof Error ? error.stack : String(error);
    host.stderr.write(`epilogue: a bug keeps this run from being shown; it goes on, cleanup included.\n${details}\n`);
  }
  return {
    present(event: RunEvent) {
      if (isBroken) return undefined;
      // After this, jobs must end in time even if nobody reads what they print.
      if (event.type === 'run_interrupted') host.stdout.stopWaiting();
      try {
        return presenter.present(event);
      } catch (error) {
        return giveUp(error);
      }
    },
    async close() {
      await presenter.close().catch(giveUp);
    },
  };
}
