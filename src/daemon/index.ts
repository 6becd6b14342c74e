/*
 * Takes jobs from servers over GitLab's runner protocol and sees each through `runner`. Start with run-daemon.ts; docs/daemon.md says what each part is for.
 */
export { readDockerTable } from './config/docker/read-docker-table.ts';
export { entryKey } from './config/entry-key.ts';
export { findCertificates } from './config/find-certificates.ts';
export { type ConfigSource, loadConfig } from './config/load-config.ts';
export type { EntryOutline } from './config/read-entry.ts';
export {
  DEFAULT_RUNNER_CONFIG,
  DEFAULT_RUNNER_ENTRY,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  type RunnerConfig,
  type RunnerEntry,
} from './config/runner-config.ts';
export { logProblems, watchConfig } from './config/watch-config.ts';
export type { DaemonOptions } from './daemon-options.ts';
export { findQuarantined, type Quarantined, requestRelease } from './quarantine/release.ts';
export { changeConfigFile, tryConfigFile } from './register/config-file.ts';
export { readTemplate } from './register/read-template.ts';
export type { SaveToken } from './register/rotate-tokens.ts';
export { openRunnerServer, type RunnerServer } from './register/runner-server.ts';
export { type DaemonEnd, runDaemon } from './run-daemon.ts';
export { Shutdown, signalsTo } from './shutdown.ts';
export { type EngineName, enginesOf, type Judged, sweepEngine } from './sweep/sweep-engine.ts';
export { isThere, type OwnJobs } from './sweep/why-kept.ts';
export { createRunnerLog, type RunnerLog } from './watch/runner-log.ts';
export { readServiceSettings } from './watch/systemd/service-manager.ts';
