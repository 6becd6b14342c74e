import { execFileSync } from 'node:child_process';
import type { ProcessEntry } from './process-entry.ts';

/** macOS and the BSDs: no start times and no environments, so that the promise only holds for groups and descendants. */
export function scanWithPs(): readonly ProcessEntry[] {
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
      hasTerminal: false,
      startedAt: 0,
      isHeadless: false,
    });
  }
  return entries;
}
