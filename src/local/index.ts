export {
  type CompiledCheckout,
  type CompiledPipeline,
  compileCheckout,
  findCheckout,
} from './checkout/compile-checkout.ts';
export { withDefaultImage } from './default-image.ts';
export type { LocalPipeline, LocalRunOptions } from './local-run-options.ts';
export { keepRecovering } from './recovery/keep-recovering.ts';
export { recoverRuns } from './recovery/recover-runs.ts';
export { tellEarlierRuns } from './recovery/tell-earlier-runs.ts';
export type * from './run-event.ts';
export { runLocal } from './run-local.ts';
export { namedJobs, selectJobs } from './select-jobs.ts';
export { stepEnvironment } from './step-environment.ts';
export { stopExitCode } from './stop-exit-code.ts';
