import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'epilogue');
const FILE = `
work:
  script:
    - echo hello from the script
    - touch $OUTSIDE/script-runs
    - sleep 300
  after_script:
    - touch $OUTSIDE/cleanup-runs
    - sleep 1
    - echo released by the cleanup
    - touch $OUTSIDE/cleaned
`;

let checkout: Checkout;

afterEach(() => checkout.dispose());

interface Shown {
  readonly child: ChildProcess;
  /** Everything the program has written so far. */
  text(): string;
  readonly exitCode: Promise<number | null>;
}

/** Starts a shell line in the checkout; `$PROGRAM` is the program. */
function start(file: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Shown {
  const env = { ...checkout.environment(more), PROGRAM };
  const child = spawn(file, args, { cwd: checkout.dir, env, stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return { child, text: () => text, exitCode: new Promise((resolve) => child.on('close', resolve)) };
}

/** Runs the program on a terminal of its own, 70 × 12. */
function onTerminal(): Shown {
  const line = 'stty cols 70 rows 12; exec "$PROGRAM" run';
  return start('script', ['--quiet', '--return', '--command', line, '/dev/null'], { TERM: 'xterm', SHELL: '/bin/sh' });
}

describe('on a terminal', () => {
  it('shows the jobs live; Ctrl-C cancels, shows the cleanup and leaves the terminal as it was', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE });
    const run = onTerminal();
    await waitUntil('the job is shown', () => /● work +\d+s {2}.*hello|● work +\d+s {2}.*sleep/.test(screenText(run)));
    await waitUntil('the script runs', () => checkout.has('script-runs'));
    run.child.stdin?.write('\u0003');
    await waitUntil('the countdown is shown', () => /◐ work .*cleaning up, \d+:\d\d left/.test(screenText(run)));
    expect(await run.exitCode).toBe(130);
    expect(checkout.has('cleaned')).toBe(true);
    const report = screenText(run).slice(screenText(run).lastIndexOf('── cleanup of work'));
    expect(report).toContain('released by the cleanup');
    expect(report).toMatch(/⊘ work {2}canceled \(.*\), cleanup succeeded/);
    expect(report.trimEnd().split('\n').at(-1)).toMatch(/^⊘ pipeline: canceled/);
    expect(run.text()).not.toContain('\u001b[?25l');
    await checkout.untilQuiet();
  });

  it('runs the cleanup to its end when the terminal is closed', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE });
    const run = onTerminal();
    await waitUntil('the script runs', () => checkout.has('script-runs'));
    run.child.kill('SIGKILL');
    await run.exitCode;
    await waitUntil('the cleanup ended', () => checkout.has('cleaned'));
    await checkout.untilQuiet(20_000);
  });
});

describe('into a pipe', () => {
  it('goes on when the reader leaves', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': 'work: { script: [sleep 1, seq 100000, touch $OUTSIDE/done] }' });
    const run = start('bash', ['-c', '"$PROGRAM" run | head -n 1; exit "${PIPESTATUS[0]}"']);
    expect(await run.exitCode).toBe(0);
    expect(checkout.has('done')).toBe(true);
    expect(run.text().split('\n')).toHaveLength(2);
  });

  it('still hears a signal, and cleans up, while the reader stands still', async () => {
    const chatty = FILE.replace('sleep 300', 'seq 2000000; touch $OUTSIDE/flooded; sleep 300');
    checkout = new Checkout({ '.gitlab-ci.yml': chatty });
    const run = start('sh', ['-c', 'exec "$PROGRAM" run']);
    run.child.stdout?.pause();
    await waitUntil('the script has printed more than the pipe holds', () => checkout.has('flooded'));
    run.child.kill('SIGINT');
    await waitUntil('the cleanup ended', () => checkout.has('cleaned'));
    run.child.stdout?.resume();
    expect(await run.exitCode).toBe(130);
    await checkout.untilQuiet();
  });
});

function screenText(run: Shown): string {
  return stripVTControlCharacters(run.text()).replaceAll('\r', '');
}
