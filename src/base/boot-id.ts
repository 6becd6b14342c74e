import { readFileSync } from 'node:fs';
import { errorCode } from './failure.ts';

let boot: string | null | undefined;

/** Changes with every start of the machine; null where there is no /proc. */
export function bootId(): string | null {
  if (boot === undefined) boot = read();
  return boot;
}

function read(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
