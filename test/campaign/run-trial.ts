import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Checkout, type Running } from '../support/checkout.ts';
import { markedProcesses } from '../support/processes.ts';
import { untilMoment } from '../support/until-moment.ts';
import { waitUntil } from '../support/wait-until.ts';
import { countingPipeline } from './counting-pipeline.ts';
import type { Trial } from './draw-trial.ts';
import { checkLedger, leftFiles, owed } from './ledger.ts';

const DISK = '16m';
/** More than a pipe and both its ends hold, so that the program cannot get rid of its output. */
const LONG_LINE_BYTES = 8192;
const QUIET_MS = 30_000;
/** How long a program that lives on has to do with a full disk. */
const FULL_MS = 5000;

export interface TrialResult {
  /** What is not as promised, in words. */
  readonly problems: readonly string[];
  /** Processes that were there to be killed; a kill may come too late. */
  readonly kills: number;
}

/** Runs the program, kills what the trial says, lets whoever is left clean up, and looks at what became of it. */
export async function runTrial(trial: Trial): Promise<TrialResult> {
  const stalls = trial.condition === 'reader stands still';
  const checkout = new Checkout({ '.gitlab-ci.yml': countingPipeline(stalls ? LONG_LINE_BYTES : 1) });
  try {
    if (trial.condition === 'disk is full') checkout.mountDisk(DISK);
    const run = checkout.start(['run'], {}, stalls ? 'stalled' : 'pipe');
    const kills = await strike(checkout, run, trial);
    const told = await settle(checkout, run, trial);
    const once = trial.victim !== 'wrapper';
    const problems = checkLedger(checkout, { once, roomForAll: trial.condition !== 'disk is full' });
    return { problems: [...told, ...problems, ...leftFiles(checkout)], kills };
  } finally {
    checkout.dispose();
  }
}

/** Everything up to the kill; the moments are the trial's. Resolves to the number of processes killed. */
async function strike(checkout: Checkout, run: Running, trial: Trial): Promise<number> {
  if (trial.since === 'script') await waitUntil('a user command runs', () => checkout.has('begun'));
  let kills = 0;
  const events: { readonly at: number; readonly act: () => void }[] = [
    { at: trial.killAfterMs, act: () => (kills = kill(checkout, run, trial)) },
  ];
  const { interruptMs, condition, fullForMs, killAfterMs } = trial;
  if (interruptMs !== null) events.unshift({ at: killAfterMs - interruptMs, act: () => signal(run.pid, 'SIGINT') });
  if (condition === 'disk is full') events.unshift({ at: killAfterMs - fullForMs, act: () => fillDisk(checkout) });
  const startedAt = performance.now();
  for (const { at, act } of events.toSorted((a, b) => a.at - b.at)) {
    await untilMoment(startedAt + at);
    act();
  }
  if (trial.victim !== 'recovery') return kills;
  await untilMoment(performance.now() + trial.recoverForMs);
  return kills + killAll(programs(checkout).map(({ pid }) => pid));
}

function kill(checkout: Checkout, run: Running, { victim }: Trial): number {
  const having = (words: string): readonly number[] =>
    markedProcesses(checkout.mark).flatMap(({ pid, command }) => (command.includes(words) ? [pid] : []));
  switch (victim) {
    case 'program':
    case 'recovery':
      return killAll([run.pid]);
    case 'group':
      return killAll([-run.pid]);
    case 'guard':
      return killAll(having(' epilogue-guard '));
    case 'wrapper':
      return killAll(having(' epilogue-step '));
    case 'program and guard':
      return killAll([...having(' epilogue-guard '), run.pid]);
  }
}

function killAll(pids: readonly number[]): number {
  return pids.filter((pid) => signal(pid, 'SIGKILL')).length;
}

/** Waits until nothing runs any more, by whoever's hand, and has what is still owed finished. */
async function settle(checkout: Checkout, run: Running, trial: Trial): Promise<readonly string[]> {
  const problems: string[] = [];
  if (trial.victim === 'guard' || trial.victim === 'wrapper') {
    // Whether anybody reads what it says must make no difference to what it does.
    if (trial.condition === 'reader stands still') await untilPaid(checkout);
    run.read();
    // Without its wrapper a cleanup is begun again, which takes room: the program tries until there is some.
    if (trial.victim === 'wrapper' && trial.condition === 'disk is full') await emptyDiskLater(checkout, run);
    await run.ended();
  } else {
    await run.ended(QUIET_MS);
  }
  if (trial.victim !== 'program and guard' && trial.victim !== 'recovery') await checkout.untilQuiet(QUIET_MS);
  const told = await checkout.run(['recover']);
  if (owed(checkout).length === 0 && told.code !== 0 && trial.condition !== 'disk is full')
    problems.push(`recover ended with ${told.code}: ${told.stdout}${told.stderr}`);
  if (trial.condition === 'disk is full') {
    problems.push(
      ...owed(checkout).map((name) => `${name}: not cleaned up while the disk was full: ${told.stdout}${told.stderr}`),
    );
    emptyDisk(checkout);
    const again = await checkout.run(['recover']);
    if (again.code !== 0)
      problems.push(`recover with room again ended with ${again.code}: ${again.stdout}${again.stderr}`);
  }
  await checkout.untilQuiet(QUIET_MS);
  return problems;
}

async function untilPaid(checkout: Checkout): Promise<void> {
  await waitUntil(
    'every cleanup has run although nobody reads',
    () => checkout.has('begun') && owed(checkout).length === 0,
  );
}

/**
 * The program itself in any of its roles; no job's process: one that it has just forked looks like the program until it is the wrapper of a step, and would be killed as
 * that.
 */
function programs(checkout: Checkout): readonly { readonly pid: number }[] {
  const found = markedProcesses(checkout.mark);
  const commands = new Map(found.map(({ pid, command }) => [pid, command]));
  return found.filter(
    ({ command, parent }) =>
      (command.includes('main.js') || command.includes(' epilogue-guard ')) && commands.get(parent) !== command,
  );
}

function filler(checkout: Checkout): string {
  return join(checkout.disk, 'filler');
}

/** Down to the last byte. */
function fillDisk(checkout: Checkout): void {
  for (let bytes = 1 << 20; bytes > 0; ) {
    try {
      appendFileSync(filler(checkout), Buffer.alloc(bytes));
    } catch {
      bytes = bytes >> 1;
    }
  }
}

async function emptyDiskLater(checkout: Checkout, run: Running): Promise<void> {
  await run.ended(FULL_MS).catch(() => emptyDisk(checkout));
}

function emptyDisk(checkout: Checkout): void {
  rmSync(filler(checkout), { force: true });
}

/** False: it has ended by itself. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
