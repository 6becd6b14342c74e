export { COOKIE_VARIABLE, makeCookie } from './cookie.ts';
export type * from './executor.ts';
export { createShellExecutor, type ShellOptions } from './shell/shell.ts';
