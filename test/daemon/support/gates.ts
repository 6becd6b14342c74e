import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../support/wait-until.ts';

/**
 * Prints numbered lines again and again as long as it is held, writes down when it begins and ends, what it was told, and when a line found no room. Words: its name, the
 * directory for that (made when it is not there), and for how long it works (s) where nobody holds it.
 */
const SCRIPT = `#!/bin/sh
mkdir -p "$2" && cd "$2" || exit 9
echo "$1 begins status=$CI_JOB_STATUS cause=$EPILOGUE_TEARDOWN_CAUSE attempt=$EPILOGUE_CLEANUP_ATTEMPT key=$EPILOGUE_CLEANUP_KEY" >>ledger
i=0
while [ $i -lt 50 ]; do echo "$1 line $i"; i=$((i+1)); done
sleep "$3"
while [ -e "$1.held" ]; do
  for _ in 1 2 3 4 5; do
    echo "$1 line $i" || : >"$1.lost"
    i=$((i+1))
  done
  sleep 0.1
done
echo "$1 done after $i lines"
echo "$1 ends" >>ledger
`;

/** Writes the program that the steps of jobs run. @returns its path */
export function writeStepProgram(directory: string): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'step');
  writeFileSync(path, SCRIPT);
  chmodSync(path, 0o755);
  return path;
}

export interface CleanupSeen {
  /** `CI_JOB_STATUS`. */
  readonly status: string;
  /** `EPILOGUE_TEARDOWN_CAUSE`. */
  readonly cause: string;
  readonly attempt: string;
  readonly key: string;
}

/** Beside a job, on a disk that nothing happens to: holds its scripts where a test wants them, and keeps a ledger of what they did. */
export class Gates {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** A line of a script; `program`: what `writeStepProgram` wrote. */
  command(program: string, step: string): string {
    return `${program} ${step} ${this.#directory} 0`;
  }

  hold(step: string): void {
    writeFileSync(this.#path(`${step}.held`), '');
  }

  release(step: string): void {
    rmSync(this.#path(`${step}.held`), { force: true });
  }

  async untilBegun(step: string): Promise<void> {
    await waitUntil(`${step} begins`, () => this.#lines().some((line) => line.startsWith(`${step} begins `)));
  }

  /** A line of this script found no room. */
  hasLost(step: string): boolean {
    return existsSync(this.#path(`${step}.lost`));
  }

  /** Such as `before_script`, `script cut`, `after_script`, `after_script`: in their order, one that did not get to its end with `cut`. */
  ran(): readonly string[] {
    const lines = this.#lines();
    return lines.flatMap((line, at) => {
      const [step, word] = line.split(' ');
      if (word !== 'begins') return [];
      const isWhole = lines.slice(at + 1).find((later) => later.startsWith(`${step} `)) === `${step} ends`;
      return [isWhole ? `${step}` : `${step} cut`];
    });
  }

  /** What each attempt at the cleanup was told. */
  cleanups(): readonly CleanupSeen[] {
    const pattern = /^after_script begins status=(\S*) cause=(\S*) attempt=(\S*) key=(\S*)$/;
    return this.#lines().flatMap((line) => {
      const [, status = '', cause = '', attempt = '', key = ''] = pattern.exec(line) ?? [];
      return status === '' ? [] : [{ status, cause, attempt, key }];
    });
  }

  #lines(): readonly string[] {
    try {
      return readFileSync(this.#path('ledger'), 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

/**
 * What is wrong with a log: a line that is missing in the middle, or comes twice, or none at all of a step that ran. The last lines of a step that
 * was killed are whatever it got to print. `isCutOff`: the server took no more at some moment.
 */
export function gapsIn(log: string, steps: readonly string[], isCutOff = false): readonly string[] {
  const wrong: string[] = [];
  for (const step of new Set(steps.map((each) => each.replace(' cut', '')))) {
    const isWhole = steps.includes(step);
    const found = [
      ...log.matchAll(new RegExp(`(?:^|\\x1b\\[0K)${step} (?:line (\\d+)|done after (\\d+) lines)\\r?$`, 'gm')),
    ];
    let next = 0;
    for (const [words, line, total] of found) {
      const number = Number(line ?? total);
      // The next attempt at a cleanup counts from the beginning.
      const isAnew = step === 'after_script' && number === 0 && line !== undefined;
      if (number !== next && !isAnew) wrong.push(`${words} comes where ${next} should be`);
      next = number + 1;
    }
    if (isCutOff) continue;
    if (found.length < 50) wrong.push(`${step}: only ${found.length} lines`);
    if (isWhole && !found.some(([, , total]) => total !== undefined)) wrong.push(`${step}: its last line is missing`);
  }
  return wrong;
}
