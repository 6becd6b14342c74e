import type { RunEvent } from '../../local/index.ts';

/** Shows a run. Holds no rule: what it is told is what it shows. */
export interface Presenter {
  /** Shows one event. A promise asks the run to wait until the reader has caught up. Never throws because of the reader. */
  present(event: RunEvent): Promise<void> | undefined;
  /** Ends the show: the last screen or report is written when this resolves. */
  close(): Promise<void>;
}
