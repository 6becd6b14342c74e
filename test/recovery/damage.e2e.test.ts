import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout } from '../support/checkout.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

const FILE = `
work:
  variables: { EPILOGUE_GRACE_PERIOD: 500ms }
  script:
    - touch $OUTSIDE/script-runs
    - sleep 300
  after_script:
    - echo "$EPILOGUE_TEARDOWN_CAUSE $KUBECONFIG \${BASH_VERSION:+bash}" >> $OUTSIDE/cleanups
`;

let checkout: Checkout;

afterEach(() => checkout.dispose());

const runsDir = () => join(checkout.state, 'epilogue', 'runs');
const runNames = () => readdirSync(runsDir());
const journalOf = (run: string) => {
  const jobs = join(runsDir(), run, 'jobs');
  return join(jobs, readdirSync(jobs)[0] ?? '');
};

/** Kills program and guard in the middle of a script. */
async function leaveOwing(environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const before = existsSync(runsDir()) ? runNames() : [];
  rmSync(checkout.path('script-runs'), { force: true });
  const run = checkout.start(['run', '--json'], environment);
  await waitUntil('the script runs', () => checkout.has('script-runs'));
  const guards = markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'));
  for (const { pid } of guards) process.kill(pid, 'SIGKILL');
  run.kill('SIGKILL');
  await run.ended();
  const [name = ''] = runNames().filter((candidate) => !before.includes(candidate));
  return name;
}

it('recovers with the environment and the shell that the job began with', async () => {
  checkout = new Checkout({ '.gitlab-ci.yml': FILE });
  const run = await leaveOwing({ KUBECONFIG: 'staging', EPILOGUE_SHELL: '/bin/sh' });
  const recovered = await checkout.run(['recover', '--json'], {
    KUBECONFIG: 'production',
    EPILOGUE_SHELL: '/bin/bash',
  });
  expect(recovered.code).toBe(0);
  expect(checkout.read('cleanups')).toBe('runner_lost staging \n');
  expect(existsSync(join(runsDir(), run, 'ended.json'))).toBe(true);
  await checkout.untilQuiet();
});

describe('a journal or run that is damaged', () => {
  /** What is done to the first of two runs that owe their cleanup. */
  const DAMAGE: Readonly<Record<string, (run: string) => void>> = {
    'job.json is null': (run) => writeFileSync(join(journalOf(run), 'job.json'), 'null'),
    'job.json is {}': (run) => writeFileSync(join(journalOf(run), 'job.json'), '{}'),
    'run.json and job.json are null': (run) => {
      writeFileSync(join(runsDir(), run, 'run.json'), 'null');
      writeFileSync(join(journalOf(run), 'job.json'), 'null');
    },
    'job.json is a pipe': (run) => {
      rmSync(join(journalOf(run), 'job.json'));
      execFileSync('mkfifo', [join(journalOf(run), 'job.json')]);
    },
  };

  it.each(Object.entries(DAMAGE))('is told of and keeps no other from its cleanup: %s', async (_, damage) => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE });
    const first = await leaveOwing();
    // A cleanup that is owed to the first run is not owed to the second.
    checkout.write({ '.gitlab-ci.yml': FILE.replace('cleanups', 'cleanups-of-second') });
    const isFirstOpen = () => !existsSync(join(runsDir(), first, 'ended.json'));
    damage(first);
    rmSync(checkout.path('script-runs'));
    const started = checkout.start(['run', '--json']);
    await waitUntil('the second run works', () => checkout.has('script-runs'));
    expect(JSON.stringify(started.events)).toContain(first);
    started.kill('SIGINT');
    expect((await started.ended()).code).toBe(130);
    expect(checkout.read('cleanups-of-second')).toMatch(/^runner_shutdown/);
    expect(isFirstOpen()).toBe(true);
    const recover = await checkout.run(['recover', '--json']);
    expect(recover.code).toBe(1);
    expect(JSON.stringify(recover.events)).toMatch(new RegExp(`${first}`));
    const list = await checkout.run(['list', '--json']);
    expect(list.code).toBe(0);
  });

  /** What is done to a run, and yet its cleanup runs. */
  const HARMLESS: Readonly<Record<string, (run: string) => void>> = {
    'lines of null, {} and words of another version': (run) =>
      appendFileSync(join(journalOf(run), 'moves.jsonl'), 'null\n{}\n{"at":1,"move":"moved_house"}\n{"at":1,"mo'),
    'all moves are gone': (run) => rmSync(join(journalOf(run), 'moves.jsonl')),
    'moves are garbage': (run) => writeFileSync(join(journalOf(run), 'moves.jsonl'), '\0\0\0garbage\n'),
    'stray files among runs and jobs': (run) => {
      writeFileSync(join(runsDir(), '12'), '');
      writeFileSync(join(journalOf(run), '..', '7'), '');
      mkdirSync(join(journalOf(run), '..', 'lost+found'));
    },
    'run.json is null': (run) => writeFileSync(join(runsDir(), run, 'run.json'), 'null'),
    'run.json is {}': (run) => writeFileSync(join(runsDir(), run, 'run.json'), '{}'),
    'run.json is gone': (run) => rmSync(join(runsDir(), run, 'run.json')),
    'a lock full of garbage': (run) => writeFileSync(join(runsDir(), run, 'lock'), 'garbage '.repeat(1000)),
    'a holder without a name': (run) => writeFileSync(join(runsDir(), run, 'holder.json'), '{}'),
    'an ending without jobs': (run) => writeFileSync(join(runsDir(), run, 'ended.json'), '{}'),
    'the lock is a directory': (run) => {
      rmSync(join(runsDir(), run, 'lock'));
      mkdirSync(join(runsDir(), run, 'lock'));
    },
    'pipes for moves, log and position': (run) => {
      for (const name of ['moves.jsonl', 'log', 'log.position']) {
        rmSync(join(journalOf(run), name));
        execFileSync('mkfifo', [join(journalOf(run), name)]);
      }
    },
    'the moves are a directory': (run) => {
      rmSync(join(journalOf(run), 'moves.jsonl'));
      mkdirSync(join(journalOf(run), 'moves.jsonl'));
    },
  };

  it.each(Object.entries(HARMLESS))('still gets its cleanup: %s', async (_, damage) => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE });
    damage(await leaveOwing());
    const recovered = await checkout.run(['recover', '--json']);
    expect(recovered.code).toBe(0);
    expect(checkout.read('cleanups')).toMatch(/^runner_lost/);
    expect((await checkout.run(['recover'])).stdout).toContain('Nothing to recover');
    await checkout.untilQuiet();
  });
});
