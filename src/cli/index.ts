export { realClock } from '../base/index.ts';
export type { Host, StopSignal } from './host.ts';
export { runCommand } from './run-command-line.ts';
export { xdgPaths } from './settings/xdg-paths.ts';
export { openOutput } from './terminal/output.ts';
