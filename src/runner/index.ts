export { Control } from './control.ts';
export type { CacheStore, Extended, JobPorts, PhaseChange } from './job-ports.ts';
export type { JobRecord } from './journal/job-record.ts';
export { owesCleanup } from './journal/journal.ts';
export type { JobResult } from './journal/move.ts';
export { type JournalReading, STEPS } from './journal/read-journal.ts';
export { LOG_FILE } from './log/job-log.ts';
export { DEFAULT_TOKEN_PREFIXES } from './log/secret-patterns.ts';
export { infoLine, warningLine } from './log/sections.ts';
export {
  type CacheSettings,
  DEFAULT_RUNNER_SETTINGS,
  type RunnerSettings,
  type S3CacheSettings,
} from './open/runner-settings.ts';
export { runJob } from './run-job.ts';
export { readDotenvReport } from './save/read-dotenv-report.ts';
export { type Guard, startGuard } from './take-over/guard.ts';
export { type Holder, readHolder, writeHolder } from './take-over/holder.ts';
export { type FoundJournal, findJournal, listJournals } from './take-over/list-journals.ts';
export { holderOfJournals, lockJournals, tryLockJournals } from './take-over/lock-journals.ts';
export { ownerOf, readOwner } from './take-over/owner.ts';
export { goOnWithJob, takeOverJob } from './take-over/take-over-job.ts';
export { forgetSecrets } from './teardown/forget-secrets.ts';
