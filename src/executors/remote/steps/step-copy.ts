import { closeSync, constants, fstatSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, invariant, openRegularFile, readRegularFile } from '../../../base/index.ts';
import { withDescriptors } from '../../processes/spare-descriptors.ts';
import { readClaim, readExit, reserveStep, type StepExit } from '../../steps/step-directory.ts';

/** What the runner has of a step in a remote place: a step directory in `stepsDir` like any other, filled as things become known. No job reaches it. */
export interface StepCopy {
  /** As the place knows the step, too. */
  readonly id: string;
  readonly dir: string;
  /** Takes room for what is written down later. Throws the system's own error. */
  reserve(): void;
  /**
   * `wrapper`: `<pid> <start> <boot>`, empty when it is not known; the first that is said stays: a job can change the file it is in. What cannot be written is known to this process, and to the next by the
   * place: never throws for want of room.
   */
  claim(wrapper: string): void;
  isClaimed(): boolean;
  /** `<pid> <start> <boot>`; empty: not known. */
  wrapper(): string;
  /** Of the log, in bytes. */
  size(): number;
  /** At their offset: two processes that follow the same log write the same. Throws the system's own error. */
  write(offset: number, bytes: Uint8Array): void;
  /** `exit` as the wrapper has written it, without its newline. */
  end(line: string): void;
  exit(): StepExit | null;
  /** Gives the log's descriptor back. */
  close(): void;
}

export function copyOf(stepsDir: string, id: string): StepCopy {
  invariant(/^[\w-]+$/.test(id), `a step id of letters, digits, _ and -, not ${JSON.stringify(id)}`);
  const dir = join(stepsDir, id);
  let log: number | null = null;
  let isClaimed = false;

  function openLog(): number {
    log ??= withDescriptors(() => openRegularFile(join(dir, 'log'), constants.O_RDWR | constants.O_CREAT, 0o600));
    return log;
  }

  function wrapper(): string {
    return /^(\d+ \S+ \S+)\n/.exec(readText(join(dir, 'pid')))?.[1] ?? '';
  }

  return {
    ...{ id, dir, wrapper },
    reserve() {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      reserveStep(dir, '');
    },
    claim(said) {
      isClaimed = true;
      try {
        this.reserve();
        if (wrapper() === '' && said !== '') overwrite(join(dir, 'pid'), said);
        writeFileSync(join(dir, 'claim'), '', { flag: 'wx', mode: 0o600 });
      } catch (error) {
        if (errorCode(error) === undefined) throw error;
      }
    },
    isClaimed: () => isClaimed || readClaim(dir) === 'wrapper',
    size() {
      try {
        return fstatSync(openLog()).size;
      } catch (error) {
        if (errorCode(error) === undefined) throw error;
        return 0;
      }
    },
    write(offset, bytes) {
      for (let done = 0; done < bytes.length; )
        done += writeSync(openLog(), bytes, done, bytes.length - done, offset + done);
    },
    end: (line) => overwrite(join(dir, 'exit'), line),
    exit: () => readExit(dir),
    close() {
      if (log !== null) closeSync(log);
      log = null;
    },
  };
}

function overwrite(path: string, line: string): void {
  const fd = withDescriptors(() => openSync(path, 'r+'));
  try {
    writeSync(fd, `${line}\n`, 0);
  } finally {
    closeSync(fd);
  }
}

function readText(path: string): string {
  try {
    return readRegularFile(path).toString();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return '';
  }
}
