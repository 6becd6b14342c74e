export { COOKIE_VARIABLE, makeCookie } from './cookie.ts';
export type * from './executor.ts';
export type { ScriptedFiles } from './scripted/scripted-files.ts';
export {
  createScriptedMachine,
  type Performance,
  type ScriptedMachine,
  type ScriptedOptions,
} from './scripted/scripted-machine.ts';
export type { Act } from './scripted/scripted-step.ts';
export { createShellExecutor, type ShellOptions } from './shell/shell.ts';
