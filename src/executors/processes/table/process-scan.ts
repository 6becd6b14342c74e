import type { ProcessEntry } from './process-entry.ts';
import { scanWithPs } from './ps-table.ts';
import { listProc, readProc, readProcLine } from './read-proc.ts';

/** Clock ticks a second in /proc; the kernel's interface fixes it at 100 on every platform that Node runs on. */
export const TICKS_PER_SECOND = 100;

const HAS_PROC = process.platform === 'linux';

/** Every living process. One pass costs about 15 µs a process. @throws Failure `too_many_files` */
export function scanProcesses(): readonly ProcessEntry[] {
  if (!HAS_PROC) return scanWithPs();
  const entries: ProcessEntry[] = [];
  for (const name of listProc('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 0x30 || first > 0x39) continue;
    const entry = readProcess(Number(name));
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** null when there is no such process, or only its remains (zombie). @throws Failure `too_many_files` */
export function readProcess(pid: number): ProcessEntry | null {
  if (!HAS_PROC) return scanWithPs().find((entry) => entry.pid === pid) ?? null;
  const stat = readProcLine(`/proc/${pid}/stat`);
  if (stat === null || stat.length === 0) return null;
  // The name, in parentheses, may itself hold spaces and parentheses: fields count from the last one.
  const nameEnd = stat.lastIndexOf(0x29);
  const fields = stat.toString('latin1', nameEnd + 2).split(' ', 20);
  const isHeadless = fields[0] === 'Z' && Number(fields[17]) > 1;
  if ((fields[0] === 'Z' && !isHeadless) || fields[0] === 'X') return null;
  return {
    pid,
    name: stat.toString('utf8', stat.indexOf(0x28) + 1, nameEnd),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    hasTerminal: fields[4] !== '0',
    startedAt: Number(fields[19]),
    isHeadless,
  };
}

/** The directories of /proc that tell of the process's memory and files: its own or, when it is headless, those of its threads. */
export function directoriesOf({ pid, isHeadless }: Pick<ProcessEntry, 'pid' | 'isHeadless'>): readonly string[] {
  if (!isHeadless) return [`/proc/${pid}`];
  return listProc(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
}

/**
 * Whether the environment that the process started with holds `assignment` (`NAME=value`); null when it may not be read. A program that
 * writes over it, to show a title in `ps`, no longer holds it.
 */
export function startedWith(entry: Pick<ProcessEntry, 'pid' | 'isHeadless'>, assignment: string): boolean | null {
  const environment = HAS_PROC ? readEnvironment(entry) : null;
  return environment && holds(environment, assignment);
}

/** Good until the next call that reads. */
export function readEnvironment(entry: Pick<ProcessEntry, 'pid' | 'isHeadless'>): Buffer | null {
  let environment: Buffer | null = null;
  for (const directory of directoriesOf(entry)) {
    environment = readProc(`${directory}/environ`) ?? environment;
    // The thread that has ended shows an empty one.
    if (environment !== null && environment.length > 0) break;
  }
  return environment;
}

export function holds(environment: Buffer, assignment: string): boolean {
  for (let at = environment.indexOf(assignment); at >= 0; at = environment.indexOf(assignment, at + 1)) {
    const after = environment[at + assignment.length];
    if ((at === 0 || environment[at - 1] === 0) && (after === 0 || after === undefined)) return true;
  }
  return false;
}
