export { type Force, type Interruption, JobControl } from './job-control.ts';
export { LOG_FILE } from './job-log.ts';
export type { JobPorts, PhaseChange } from './job-run.ts';
export { readJournal, writeDurably } from './journal.ts';
export type { JobResult, SavedArtifact, Verdict } from './move.ts';
export type { Progress } from './progress.ts';
export { type JobOptions, runJob } from './run-job.ts';
export { readDotenvReport } from './save/dotenv.ts';
export { payloadBudgets } from './script/payload-budgets.ts';
