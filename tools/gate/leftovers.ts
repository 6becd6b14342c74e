import { readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from '../components/index.ts';

/** Set in the environment of everything that a test run starts, and so of what that starts; jobs see no EPILOGUE_* of their caller. */
export const cookieVariable = 'GATE_RUN';
const settleMs = 5000;

/** Processes that a run has left behind although its tests are over, as `pid command`. They are ended. */
export async function endLeftovers(cookie: string, timeoutMs = settleMs): Promise<readonly string[]> {
  const none = (): boolean => processesOf(cookie).length === 0;
  await waitUntil(none, { what: 'the last processes', timeoutMs }).catch(() => undefined);
  return processesOf(cookie).map((pid) => {
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself just now; it is still one too many.
    }
    return `${pid} ${command}`;
  });
}

/** Empty where there is no /proc to ask. */
function processesOf(cookie: string): readonly number[] {
  const wanted = `${cookieVariable}=${cookie}`;
  const pids = read('/proc/self/stat') === '' ? [] : readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(wanted)).map(Number);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process has gone, or is somebody else's
  }
}
