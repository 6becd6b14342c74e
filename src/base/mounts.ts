import { readFileSync } from 'node:fs';

/**
 * Where something is mounted at a path or below it; the path is real, without links. In `latin1`, a character a byte; null on a system that does
 * not list them. Field 5 of /proc/self/mountinfo, where spaces and the like are octal.
 */
export function mountsAtOrBelow(path: string): ReadonlySet<string> | null {
  let table: string;
  try {
    table = readFileSync('/proc/self/mountinfo', 'latin1');
  } catch {
    return null;
  }
  const top = Buffer.from(path).toString('latin1');
  const mounts = table.split('\n').map((line) => (line.split(' ', 5)[4] ?? '').replace(/\\(\d{3})/g, octal));
  return new Set(mounts.filter((mount) => mount === top || mount.startsWith(`${top}/`)));
}

function octal(_: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 8));
}
