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

/** Runs the program, kills what the trial says, lets whoever is left clean up, and says what is not as promised. */
export async function runTrial(trial: Trial): Promise<readonly string[]> {
  const stalls = trial.condition === 'reader stands still';
  const checkout = new Checkout({ '.gitlab-ci.yml': countingPipeline(stalls ? LONG_LINE_BYTES : 1) });
  try {
    if (trial.condition === 'disk is full') checkout.mountDisk(DISK);
    const run = checkout.start(['run'], {}, stalls ? 'stalled' : 'pipe');
    await strike(checkout, run, trial);
    const told = await settle(checkout, run, trial);
    const once = trial.victim !== 'wrapper';
    const problems = checkLedger(checkout, { once, wholeLog: trial.condition !== 'disk is full' });
    return [...told, ...problems, ...leftFiles(checkout)];
  } finally {
    checkout.dispose();
  }
}

/** Everything up to the kill; the moments are the trial's. */
async function strike(checkout: Checkout, run: Running, trial: Trial): Promise<void> {
  if (trial.since === 'script') await waitUntil('a user command runs', () => checkout.has('begun'));
  const events: { readonly at: number; readonly act: () => void }[] = [
    { at: trial.killAfterMs, act: () => kill(checkout, run, trial) },
  ];
  const { interruptMs, condition, fullForMs, killAfterMs } = trial;
  if (interruptMs !== null) events.unshift({ at: killAfterMs - interruptMs, act: () => signal(run.pid, 'SIGINT') });
  if (condition === 'disk is full') events.unshift({ at: killAfterMs - fullForMs, act: () => fillDisk(checkout) });
  const startedAt = performance.now();
  for (const { at, act } of events.toSorted((a, b) => a.at - b.at)) {
    await untilMoment(startedAt + at);
    act();
  }
  if (trial.victim !== 'recovery') return;
  await untilMoment(performance.now() + trial.recoverForMs);
  for (const { pid } of programs(checkout)) signal(pid, 'SIGKILL');
}

function kill(checkout: Checkout, run: Running, { victim }: Trial): void {
  const processes = markedProcesses(checkout.mark);
  const having = (words: string): void => {
    for (const { pid, command } of processes) if (command.includes(words)) signal(pid, 'SIGKILL');
  };
  if (victim === 'guard' || victim === 'program and guard') having(' epilogue-guard ');
  if (victim === 'wrapper') having(' epilogue-step ');
  if (victim === 'group') signal(-run.pid, 'SIGKILL');
  if (victim === 'program' || victim === 'program and guard' || victim === 'recovery') signal(run.pid, 'SIGKILL');
}

/** Waits until nothing runs any more, by whoever's hand, and has what is still owed finished. */
async function settle(checkout: Checkout, run: Running, trial: Trial): Promise<readonly string[]> {
  const problems: string[] = [];
  if (trial.victim === 'guard' || trial.victim === 'wrapper') {
    // Whether anybody reads what it says must make no difference to what it does.
    if (trial.condition === 'reader stands still') await untilPaid(checkout);
    run.read();
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

/** The program itself in any of its roles; no job's process. */
function programs(checkout: Checkout): readonly { readonly pid: number }[] {
  return markedProcesses(checkout.mark).filter(
    ({ command }) => command.includes('main.js') || command.includes(' epilogue-guard '),
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

function emptyDisk(checkout: Checkout): void {
  rmSync(filler(checkout), { force: true });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself: a kill that came too late.
  }
}
