export { type AdminOptions, withStore } from './operate/admin.ts';
export { prepareDemo } from './operate/demo.ts';
export { createJsonLog, LOG_LEVELS, type LogLevel } from './operate/json-log.ts';
export { type LocalRunner, prepareLocalRunner } from './operate/local-runner.ts';
export { type RunningServer, type ServeOptions, startServer } from './serve.ts';
export { createToken, createUser, setPassword } from './users/index.ts';
