/*
 * The only place where a status changes meaning: (state, event, now) in, new state and effects out. Pure.
 *
 * job/        One job. `createJob` → `applyJob`, which runs from the table `MOVES`: start reading in job/job-moves.ts.
 * pipeline/   Many jobs. `createPipeline` → `applyPipeline`: whose turn it is, retries, resource groups, cancelling, the sum.
 * decisions/  Single questions, each one function: the sum of jobs, retry or not, what a newer pipeline supersedes, …
 * model/      Explores every state that a job, its runners and a bad network can get into. Tests only.
 *
 * Whoever drives it (a local run, the coordinator) feeds in what happened, stores the state, and does what the effects say.
 * docs/lifecycle.md is printed from the tables here.
 */
export * from './decisions/decide-auto-cancel.ts';
export { ROLL_UP, type RollUpRule } from './decisions/index.ts';
export * from './decisions/pick-for-resource.ts';
export * from './job/index.ts';
export * from './pipeline/index.ts';
