import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

/** With everything in it, also where something is mounted there: an engine that was killed leaves its mounts behind. */
export function removeDirectory(dir: string): void {
  for (const path of mountsUnder(dir)) execFileSync('umount', ['--lazy', path]);
  rmSync(dir, { recursive: true, force: true });
}

/** Innermost first; one path as often as there is a mount on it. Source: proc_pid_mountinfo(5). */
function mountsUnder(dir: string): readonly string[] {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => unescapeOctal(line.split(' ')[4] ?? ''));
  return points.filter((path) => path === dir || path.startsWith(`${dir}/`)).reverse();
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
