export { type AdminOptions, withStore } from './operate/admin.ts';
export { backupData } from './operate/backup/backup-data.ts';
export { checkData } from './operate/check/check-data.ts';
export { prepareDemo } from './operate/demo.ts';
export { createJsonLog, LOG_LEVELS, type LogLevel } from './operate/json-log.ts';
export { listOwed } from './operate/list-owed.ts';
export { type LocalRunner, prepareLocalRunner } from './operate/local-runner.ts';
export { type RunningServer, type ServeOptions, startServer } from './serve.ts';
export { createToken, createUser, setPassword } from './users/index.ts';
