/** Where in its life a job is when something strikes it, in their order. */
export const PHASES = [
  'preparing',
  'get_sources',
  'before_script',
  'script',
  'after_script',
  'artifact upload',
  'last update',
] as const;

export type Phase = (typeof PHASES)[number];

/** What strikes it. */
export const FAULTS = [
  'user cancel',
  'repeated cancel',
  'force',
  'job timeout',
  'cleanup timeout',
  'runner SIGTERM',
  'runner SIGQUIT',
  'kill -9 of the runner',
  'kill -9 of the coordinator',
  'kill -9 of both',
  'network cut and healed',
  'coordinator answers 500',
  'coordinator answers 429',
  'coordinator answers garbage',
  'coordinator answers nothing',
  'disk full',
  'clock jump',
  'host reboot',
] as const;

export type Fault = (typeof FAULTS)[number];

/** Phases in which a script of the job runs: it waits until it is let go. */
export const SCRIPTS: ReadonlySet<Phase> = new Set(['before_script', 'script', 'after_script']);

/** Whether a job's first user command has begun by then: its cleanup is owed from here on. */
export function isOwed(phase: Phase): boolean {
  return PHASES.indexOf(phase) >= PHASES.indexOf('before_script');
}
