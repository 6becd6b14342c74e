import type { ChildProcess } from 'node:child_process';

const QUIET_MS = 200;
/** A pipe holds no more than what is read in far less time. */
const LOOKS = 5;

/**
 * Has a git's output end soon after git itself. It has said everything before it exits; but what a filter or a hook left running may hold the
 * other end of its pipes for ever, and `close` would never come.
 */
export function letGoAfterExit(child: ChildProcess, streams = [child.stdout, child.stderr]): void {
  child.once('exit', () => {
    let isQuiet = true;
    let looks = 0;
    for (const stream of streams) stream?.on('data', () => (isQuiet = false));
    const look = () => {
      looks += 1;
      if (!isQuiet && looks < LOOKS) {
        isQuiet = true;
        timer.refresh();
        return;
      }
      for (const stream of streams) stream?.destroy();
    };
    // Whoever kept this process busy has kept it from reading, too: what is there is read first.
    const timer = setTimeout(() => setImmediate(look), QUIET_MS);
    child.once('close', () => clearTimeout(timer));
  });
}
