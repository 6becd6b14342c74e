import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** One living process, as the system shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly group: number;
  /** Where the system does not show sessions: the group. */
  readonly session: number;
  /** Clock ticks since boot; 0 where the system does not show it. */
  readonly startedAt: number;
}

/** Clock ticks a second in /proc; the kernel's interface fixes it at 100 on every platform that Node runs on. */
export const TICKS_PER_SECOND = 100;

const HAS_PROC = process.platform === 'linux';
let buffer = Buffer.allocUnsafe(64 * 1024);

/** Every living process. One pass costs about 15 µs a process. */
export function scanProcesses(): readonly ProcessEntry[] {
  if (!HAS_PROC) return scanWithPs();
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 0x30 || first > 0x39) continue;
    const entry = readProcess(Number(name));
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** null when there is no such process, or only its remains (zombie). */
export function readProcess(pid: number): ProcessEntry | null {
  if (!HAS_PROC) return scanWithPs().find((entry) => entry.pid === pid) ?? null;
  const length = readInto(`/proc/${pid}/stat`);
  if (length === 0) return null;
  // The name, in parentheses, may itself hold spaces and parentheses: fields count from the last one.
  const nameEnd = buffer.lastIndexOf(0x29, length - 1);
  const start = nameEnd + 2;
  const fields = buffer.toString('latin1', start, length).split(' ', 20);
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return {
    pid,
    name: buffer.toString('utf8', buffer.indexOf(0x28) + 1, nameEnd),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startedAt: Number(fields[19]),
  };
}

/** Whether the environment that the process started with holds `assignment` (`NAME=value`). False when it may not be read. */
export function startedWith(pid: number, assignment: string): boolean {
  if (!HAS_PROC) return false;
  const length = readInto(`/proc/${pid}/environ`);
  const environment = buffer.subarray(0, length);
  for (let at = environment.indexOf(assignment); at >= 0; at = environment.indexOf(assignment, at + 1)) {
    const after = environment[at + assignment.length];
    if ((at === 0 || environment[at - 1] === 0) && (after === 0 || after === undefined)) return true;
  }
  return false;
}

let boot: string | null | undefined;

/** Changes with every start of the machine; null on a system without /proc. */
export function bootId(): string | null {
  boot ??= HAS_PROC ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : null;
  return boot;
}

/** Reads a whole file of /proc into the shared buffer; 0 when it vanished or may not be read. */
function readInto(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return 0;
  }
  try {
    let length = 0;
    for (;;) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
      const count = readSync(fd, buffer, length, buffer.length - length, null);
      if (count === 0) return length;
      length += count;
    }
  } catch {
    return 0;
  } finally {
    closeSync(fd);
  }
}

/** macOS and the BSDs: no start times and no environments, so that the promise only holds for groups and descendants. */
function scanWithPs(): readonly ProcessEntry[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,comm='], { encoding: 'utf8' });
  return parseProcessTable(table);
}

/** Lines of `ps -o pid=,ppid=,pgid=,stat=,comm=`. */
export function parseProcessTable(table: string): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const line of table.split('\n')) {
    const [pid, parent, group, state = 'Z', ...name] = line.trim().split(/\s+/);
    if (!pid || state.startsWith('Z')) continue;
    const groupId = Number(group);
    entries.push({
      pid: Number(pid),
      name: name.join(' '),
      parent: Number(parent),
      group: groupId,
      session: groupId,
      startedAt: 0,
    });
  }
  return entries;
}
