export type { PipelineFacts } from './build-payload.ts';
export { type CheckoutRequest, type CompiledCheckout, compileCheckout, findCheckout } from './compile-checkout.ts';
export { type AbandonedRun, findAbandonedRuns, type RecoverOptions, type Recovery, recoverRuns } from './recover.ts';
export { FORCED_EXIT_CODE, type InterruptSignal, RunControl, SIGNAL_EXIT_CODES } from './run-control.ts';
export type { LocalPaths } from './run-directory.ts';
export type * from './run-event.ts';
export { type LocalRunOptions, runLocal } from './run-local.ts';
export { namedJobs, type Selection, selectJobs } from './select-jobs.ts';
export { tellEarlierRuns } from './tell-earlier-runs.ts';
