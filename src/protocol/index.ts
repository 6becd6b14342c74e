export * from './failure-reason.ts';
export * from './job-payload.ts';
export * from './plan.ts';
export * from './status.ts';
export * from './teardown.ts';
