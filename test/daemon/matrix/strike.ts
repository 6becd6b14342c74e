import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../support/wait-until.ts';
import { cookiesIn, killAllOf } from '../support/job-processes.ts';
import { type Cell, JOB_TIMEOUT_S } from './cell.ts';
import { type Fault, SCRIPTS } from './phases.ts';

const AN_HOUR_MS = 3_600_000;
/** A server that is away is called so often before it is there again. */
const FAULTS_MET = 2;
/** For a fault that nobody has to meet: a runner that waits for a held request calls nobody else. */
const LONGEST_FAULT_MS = 6_000;

type Strike = (cell: Cell) => Promise<void> | void;

const STRIKES: Readonly<Record<Fault, Strike>> = {
  'user cancel': cancel,
  'repeated cancel': cancel,
  force: cancel,
  'job timeout': sitOutTimeout,
  // It strikes by itself; nobody lets the cleanup go.
  'cleanup timeout': () => {},
  'runner SIGTERM': (cell) => tellRunner(cell, 'SIGTERM'),
  'runner SIGQUIT': (cell) => tellRunner(cell, 'SIGQUIT'),
  async 'kill -9 of the runner'({ runner, release }) {
    await runner.kill();
    runner.start();
    release();
  },
  async 'kill -9 of the coordinator'({ world, release }) {
    await world.crash();
    await world.restart();
    release();
  },
  async 'kill -9 of both'({ world, runner, release }) {
    await Promise.all([world.crash(), runner.kill()]);
    await world.restart();
    runner.start();
    release();
  },
  'network cut and healed': (cell) => sitOutFault(cell, () => cell.world.proxy.cut()),
  'coordinator answers 500': (cell) => sitOutFault(cell, () => cell.world.proxy.answer(500)),
  'coordinator answers 429': (cell) => sitOutFault(cell, () => cell.world.proxy.answer(429)),
  'coordinator answers garbage': (cell) => sitOutFault(cell, () => cell.world.proxy.answer('garbage')),
  'coordinator answers nothing': (cell) => sitOutFault(cell, () => cell.world.proxy.answer('nothing')),
  'disk full': fillDisk,
  'clock jump'({ clockFile, release }) {
    writeFileSync(clockFile, String(2 * AN_HOUR_MS));
    release();
  },
  async 'host reboot'({ directory, executor, place, runner, release }) {
    const cookies = cookiesIn(directory);
    await runner.kill();
    executor.losePower(place);
    await killAllOf(cookies);
    // What was begun is gone; what is begun anew is not held.
    release();
    runner.start();
  },
};

/** Does to a job what the cell is about, and lets it go on where it was held. Resolves before the job has ended. */
export async function strike(cell: Cell): Promise<void> {
  await STRIKES[cell.fault](cell);
}

async function tellRunner(cell: Cell, signal: 'SIGTERM' | 'SIGQUIT'): Promise<void> {
  cell.runner.signal(signal);
  await cell.runner.untilItSays('stopping');
  if (signal === 'SIGQUIT') cell.release();
  else letGoUnlessKilled(cell);
}

async function cancel(cell: Cell): Promise<void> {
  const { fault, phase, world, subject, runner } = cell;
  // A runner that waits in a held request hears of it with that answer, where the server has no stream of events.
  const isHeard =
    phase === 'last update' || phase === 'preparing' ? Promise.resolve() : world.proxy.says(world.wordOfCancel);
  // The word of it is on its way while the artifacts are.
  if (phase === 'artifact upload') await waitUntil('the server knows of the cleanup', () => subject.knowsCleanup());
  if (fault === 'force') await subject.force();
  else await subject.cancel();
  if (fault === 'repeated cancel') await subject.cancel();
  await Promise.race([isHeard, waitUntil('the runner ends', () => !runner.isRunning, 60_000)]);
  if (fault === 'force' && SCRIPTS.has(phase) && world.forceSkipsCleanup) return;
  letGoUnlessKilled(cell);
}

/** A script that the fault has to kill is never let go: it would end by itself. A cleanup goes on. */
function letGoUnlessKilled({ phase, release }: Cell): void {
  if (!SCRIPTS.has(phase) || phase === 'after_script') release();
}

async function sitOutTimeout(cell: Cell): Promise<void> {
  const { gates, phase, subject } = cell;
  const begun = Date.now();
  if (phase === 'before_script' || phase === 'script') return;
  await waitUntil(
    'the time of the job is over',
    async () => Date.now() - begun > JOB_TIMEOUT_S * 1000 || gates.cleanups().length > 1 || (await subject.isOver()),
    30_000,
  );
  cell.release();
}

async function sitOutFault({ world, release, phase }: Cell, begin: () => void): Promise<void> {
  begin();
  const begun = Date.now();
  // A held request goes on, into the fault.
  if (!SCRIPTS.has(phase)) release();
  await waitUntil(
    'the runner has met the fault',
    () => world.proxy.faults >= FAULTS_MET || Date.now() - begun > LONGEST_FAULT_MS,
  );
  world.proxy.heal();
  release();
}

/**
 * There is room again once the job has met the full disk: its cleanup has begun there, or goes on there; where neither script nor cleanup is to come, it is over. So
 * that what is saved after the cleanup finds room in every run.
 */
async function fillDisk({ disk, gates, phase, release, subject, runner }: Cell): Promise<void> {
  const filler = join(disk?.path ?? '', 'filler');
  const isScript = phase === 'before_script' || phase === 'script';
  if (isScript) gates.hold('after_script');
  fill(filler);
  if (phase !== 'after_script') release();
  if (isScript) {
    await gates.untilBegun('after_script');
  } else if (phase === 'after_script') {
    // Whose log comes to the end of its last page first is a matter of bytes.
    const isMet = () => gates.hasLost(phase) || /job \d+: .*ENOSPC/.test(runner.log);
    await waitUntil('a line finds no room', isMet);
  } else {
    await waitUntil('the job is over', () => subject.isOver(), 30_000);
  }
  writeFileSync(filler, '');
  gates.release('after_script');
}

function fill(path: string): void {
  for (let bytes = 1 << 20; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
