export { JobControl } from './job-control.ts';
export type { JobPorts, PhaseChange } from './job-run.ts';
export { readJournal } from './journal/journal.ts';
export type { JobResult } from './journal/move.ts';
export { LOG_FILE } from './log/job-log.ts';
export { runJob } from './run-job.ts';
export { readDotenvReport } from './save/dotenv.ts';
export { payloadBudgets } from './script/payload-budgets.ts';
