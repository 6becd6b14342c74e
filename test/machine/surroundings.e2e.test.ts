import { afterEach, expect, it } from 'vitest';
import { Checkout } from '../support/checkout.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

it('leaves a finished run although its guard was stopped', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': 'work: { script: ["touch $OUTSIDE/runs", "until [ -e $OUTSIDE/go ]; do sleep 0.02; done"] }',
  });
  const run = checkout.start(['run']);
  await waitUntil('the script runs', () => checkout.has('runs'));
  const [guard] = markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'));
  process.kill(guard?.pid ?? 0, 'SIGSTOP');
  checkout.write({ '../outside/go': '' });
  expect((await run.ended(10_000)).code).toBe(0);
  await checkout.untilQuiet();
});

it('is guarded by a process that polite signals do not end, and that recovers again when its recovery is killed', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `
work:
  script: ["touch $OUTSIDE/runs", "sleep 300"]
  after_script: ["touch $OUTSIDE/cleanup-runs", "until [ -e $OUTSIDE/go ]; do sleep 0.02; done", "echo $EPILOGUE_CLEANUP_ATTEMPT >> $OUTSIDE/cleaned"]
`,
  });
  const run = checkout.start(['run']);
  await waitUntil('the script runs', () => checkout.has('runs'));
  const [guard] = markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(guard?.pid ?? 0, signal);
  run.kill('SIGKILL');
  await run.ended();
  await waitUntil('the guard cleans up', () => checkout.has('cleanup-runs'));
  const recoveries = markedProcesses(checkout.mark).filter(({ command }) => /main\.js recover/.test(command));
  for (const { pid, command } of recoveries) if (!command.includes('epilogue-guard')) process.kill(pid, 'SIGKILL');
  checkout.write({ '../outside/go': '' });
  await checkout.untilQuiet();
  expect(checkout.read('cleaned')).toBe('1\n');
  expect((await checkout.run(['recover'])).stdout).toContain('its guard finished it');
});

it('needs no home directory where everything else is named, and says what is missing where not', async () => {
  checkout = new Checkout({ '.gitlab-ci.yml': 'work: { script: "touch $OUTSIDE/runs", after_script: ["true"] }' });
  expect((await checkout.run(['run'], { HOME: '' })).code).toBe(0);
  expect(checkout.has('runs')).toBe(true);
  const none = { HOME: '', XDG_STATE_HOME: '', XDG_CACHE_HOME: '', XDG_CONFIG_HOME: '' };
  expect(await checkout.run(['lint'], none)).toMatchObject({ code: 0 });
  const refused = await checkout.run(['run'], none);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('there is no home directory: set HOME or XDG_');
});
