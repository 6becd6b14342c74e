/*
 * What keeps pipelines going: jobs handed out and reported on, and everything that comes up by itself (sweeps).
 */
export { comeBack, fromRunner, type RunnerReport } from './from-runner.ts';
export { giveBack, handOut } from './hand-out.ts';
export type { HandOut, RunnerAnswer, RunnerAsking, RunnerInfo } from './hand-out-types.ts';
export { hashToken } from './handing-out/attempt-token.ts';
export { leaseMs } from './handing-out/lease.ts';
export { listVariableSources, VARIABLE_SOURCES } from './handing-out/variable-sources.ts';
export type { EffectHandler } from './outbox/effect-handler.ts';
export { startWork, type Work } from './start-work.ts';
export type { Sweep } from './sweep.ts';
