import { readdirSync, readFileSync } from 'node:fs';

/** Environment variable that a test gives to everything it starts, so that what it leaves behind can be found. */
export const MARK = 'E2E_MARK_OF_TEST';

/** Living processes (zombies left out) whose environment carries the mark. */
export function markedProcesses(mark: string): { pid: number; parent: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(`${MARK}=${mark}`)) return [];
        if (!isAlive(Number(name))) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: parentOf(name), command }];
      } catch {
        return []; // Gone between the listing and the reading.
      }
    });
}

function parentOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]);
}

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return false;
  }
}

/** Kills them and waits until they are gone: one that is dying may still write what is about to be removed. */
export function killMarked(mark: string): void {
  const giveUpAt = Date.now() + 5000;
  for (let left = markedProcesses(mark); left.length > 0 && Date.now() < giveUpAt; left = markedProcesses(mark)) {
    for (const { pid } of left) killIfThere(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone between the listing and the kill.
  }
}
