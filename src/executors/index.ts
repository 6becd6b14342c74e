export { COOKIE_VARIABLE, makeCookie } from './cookie.ts';
export type * from './executor.ts';
export { createScriptedMachine, type ScriptedMachine } from './scripted/scripted-machine.ts';
export type { Act } from './scripted/scripted-step.ts';
export { createShellExecutor } from './shell/shell.ts';
export { forgetSteps } from './steps/forget-steps.ts';
export { NESTED_RUNS_VARIABLE, RUN_VARIABLE } from './steps/nested-runs.ts';
export { regainAccess } from './steps/regain-access.ts';
export { type ClaimedStep, claimedSteps, STEP_FORBIDDEN } from './steps/step-directory.ts';
