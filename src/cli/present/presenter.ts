import type { ShownEvent } from './shown-event.ts';

/** Shows a run. Holds no rule: what it is told is what it shows. */
export interface Presenter {
  /** Shows one event. A promise asks for the next one once the reader has caught up. Never throws because of the reader. */
  present(event: ShownEvent): Promise<void> | undefined;
  /** Ends the show: the last screen or report is written when this resolves. */
  close(): Promise<void>;
  /** It shows no more than the end of a log: what came before need not be read. */
  readonly onlyTails?: true;
}
