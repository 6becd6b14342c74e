import type { Host } from '../host.ts';
import { canRedraw, coloured, type Paint, plain, wantsColour } from '../terminal/colour.ts';
import { createJsonPresenter } from './json-presenter.ts';
import { createLivePresenter } from './live/live-presenter.ts';
import { createPrefixedPresenter } from './prefixed-presenter.ts';
import type { Presenter } from './presenter.ts';
import { RunShow } from './show-run.ts';

interface Choice {
  readonly json: boolean;
}

/** The live view on a terminal that can redraw, lines elsewhere, JSON when asked for. */
export function choosePresenter(host: Host, choice: Choice): RunShow {
  const { stdout, clock, onResume } = host;
  if (choice.json || !canRedraw(host.env, stdout.isTerminal)) return chooseLinePresenter(host, choice);
  return harmless(createLivePresenter({ output: stdout, paint: paintFor(host), clock, onResume }), host);
}

/** Prefixed lines, or JSON when asked for; for what is too short to watch. */
export function chooseLinePresenter(host: Host, { json }: Choice): RunShow {
  const { stdout } = host;
  return harmless(json ? createJsonPresenter(stdout) : createPrefixedPresenter(stdout, paintFor(host)), host);
}

function paintFor({ env, stdout }: Host): Paint {
  return wantsColour(env, stdout.isTerminal) ? coloured : plain;
}

/** A bug in what shows a run must not end the run, on which cleanups depend: it is told once, then the rest goes unseen. */
function harmless(presenter: Presenter, host: Host): RunShow {
  let isBroken = false;
  function giveUp(error: unknown): undefined {
    if (isBroken) return;
    isBroken = true;
    const details = error instanceof Error ? error.stack : String(error);
    host.stderr.write(`epilogue: a bug keeps this run from being shown; it goes on, cleanup included.\n${details}\n`);
  }
  const guarded: Presenter = {
    ...presenter,
    present(event) {
      if (isBroken) return undefined;
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
  return new RunShow(guarded, () => host.stdout.isUnseen());
}
