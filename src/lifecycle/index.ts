/*
 * The only place where a status changes meaning: (state, event, now) in, new state and effects out. Pure.
 *
 * One job       `createJob` → `applyJob`, which runs from the table `MOVES`. Start reading in job/job-moves.ts.
 * One pipeline  `createPipeline` → `applyPipeline`: whose turn it is, retries, resource groups, cancelling, the sum of all jobs.
 *
 * Whoever drives it (a local run, the coordinator) feeds in what happened, stores the state, and does what the effects say.
 * docs/lifecycle.md is printed from the tables here; model/ explores every state that a job, its runner and a bad network can
 * get into.
 */
export * from './job/index.ts';
export * from './pipeline/index.ts';
