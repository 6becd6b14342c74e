import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

const SECRET = 'hunter2-hunter2';
let checkout: Checkout;
let envFile: string;

beforeEach(() => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `use:
  variables:
    NESTED: "pre-$TOKEN"
  script:
    - echo "token $TOKEN nested $NESTED port $PORT"
    - find "$DISK" -name log -perm /077 > "$OUTSIDE/open-logs"
    - find "$DISK/cache" -type d -path '*/builds/*' -prune -perm /077 > "$OUTSIDE/open-builds"
  after_script:
    - test "\${#TOKEN}" = ${SECRET.length} && touch "$OUTSIDE/cleanup-had-it"
  artifacts:
    paths: ["none/$TOKEN"]
`,
  });
  envFile = join(checkout.root, 'secrets.env');
  writeFileSync(envFile, `TOKEN=${SECRET}\nPORT=8080\nWORDS="two words"\n`);
});

afterEach(() => checkout.dispose());

/** Files that hold the secret, anywhere the program keeps things. */
function holders(): string {
  try {
    return execFileSync('grep', ['-rlF', SECRET, checkout.disk], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

it('the values of an env file are masked in the log, also in the runner’s own words, and none is left when the run is over', async () => {
  const ended = await checkout.run(['run', '--json', '--env-file', envFile], { DISK: checkout.disk, CLOUD: SECRET });
  expect(finished(ended, 'use').status).toBe('success');
  const log = shownLog(ended, 'use');
  expect(log).toContain('token [MASKED] nested pre-[MASKED] port 8080');
  expect(log).toMatch(/none\/\[MASKED\]/);
  expect(ended.stdout).not.toContain(SECRET);
  expect(checkout.has('cleanup-had-it')).toBe(true);
  expect(holders()).toBe('');
  const messages = ended.events.filter((event) => event.type === 'message').map(({ text }) => text);
  expect(messages).toEqual([expect.stringMatching(/^logs cannot hide .*: PORT, WORDS$/)]);
});

it('while a job runs nobody else can read its logs or its directories', async () => {
  await checkout.run(['run', '--env-file', envFile], { DISK: checkout.disk });
  expect(checkout.read('open-logs')).toBe('');
  expect(checkout.read('open-builds')).toBe('');
});

it('a run whose program is killed leaves no secret either, once its guard has finished it', async () => {
  checkout.write({
    '.gitlab-ci.yml': `use:
  script:
    - touch "$OUTSIDE/started"
    - sleep 60
  after_script: [touch "$OUTSIDE/cleaned"]
`,
  });
  const running = checkout.start(['run', '--env-file', envFile]);
  await waitUntil('the script has started', () => checkout.has('started'), 20_000);
  running.kill('SIGKILL');
  await waitUntil('the guard has cleaned up', () => checkout.has('cleaned'), 20_000);
  await checkout.untilQuiet(20_000);
  expect(holders()).toBe('');
});
