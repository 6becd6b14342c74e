export type { PipelineFacts } from './build-payload.ts';
export { type AbandonedRun, findAbandonedRuns, type RecoverOptions, type Recovery, recoverRuns } from './recover.ts';
export { FORCED_EXIT_CODE, type InterruptSignal, RunControl, SIGNAL_EXIT_CODES } from './run-control.ts';
export type { LocalPaths } from './run-directory.ts';
export type * from './run-event.ts';
export { type LocalRunOptions, runLocal } from './run-local.ts';
