export { type CompiledCheckout, compileCheckout, findCheckout } from './checkout/compile-checkout.ts';
export { withDefaultImage } from './default-image.ts';
export { recoverRuns } from './recover.ts';
export { FORCED_EXIT_CODE, RunControl, SIGNAL_EXIT_CODES } from './run-control.ts';
export type * from './run-event.ts';
export { runLocal } from './run-local.ts';
export { namedJobs, selectJobs } from './select-jobs.ts';
export { tellEarlierRuns } from './tell-earlier-runs.ts';
