import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Checkout } from '../support/checkout.ts';
import { itAsRoot } from '../support/privilege.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

it('gives two runs of one second ids and cleanup keys of their own, and each only its own builds to remove', async () => {
  const file = `
work:
  script:
    - echo "$CI_JOB_ID $CI_PIPELINE_ID" >> $OUTSIDE/$NAME
    - touch $OUTSIDE/$NAME.runs
    - until [ -e $OUTSIDE/go ]; do sleep 0.02; done
  after_script:
    - test -e .gitlab-ci.yml && echo "$EPILOGUE_CLEANUP_KEY" >> $OUTSIDE/$NAME
`;
  checkout = new Checkout({ '.gitlab-ci.yml': file });
  // Another state directory, the same cache: as with a second user of a machine, or a container that shares one.
  const other = { NAME: 'b', XDG_STATE_HOME: join(checkout.root, 'state-b') };
  const runs = [checkout.start(['run', '--json'], { NAME: 'a' }), checkout.start(['run', '--json'], other)];
  await waitUntil('both run', () => checkout.has('a.runs') && checkout.has('b.runs'));
  checkout.write({ '../outside/go': '' });
  for (const run of runs) expect((await run.ended()).code).toBe(0);
  const words = ['a', 'b'].flatMap((name) => checkout.read(name).trimEnd().split(/\s/));
  expect(words).toHaveLength(6);
  expect(new Set(words).size).toBe(6);
  for (const id of words.filter((word) => /^\d+$/.test(word))) expect(Number.isSafeInteger(Number(id))).toBe(true);
});

it('removes nothing but its own when the remote ends in `..`', async () => {
  checkout = new Checkout({ '.gitlab-ci.yml': 'work: { script: "pwd > $OUTSIDE/where", after_script: ["true"] }' });
  checkout.git('remote', 'add', 'origin', 'https://git.example/group/..');
  const builds = join(checkout.cache, 'epilogue', 'builds', '1', '2');
  mkdirSync(builds, { recursive: true });
  writeFileSync(join(builds, 'precious'), '');
  expect((await checkout.run(['run'])).code).toBe(0);
  expect(readFileSync(checkout.path('where'), 'utf8')).toMatch(/\/project\n$/);
  expect(existsSync(join(builds, 'precious'))).toBe(true);
  expect(readdirSync(join(checkout.cache, 'epilogue', 'builds'))).toEqual(['1']);
});

itAsRoot('leaves what a script mounted into its directory, and names it', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `
work:
  script:
    - mkdir m && mount --bind $OUTSIDE/precious m
    - pwd > $OUTSIDE/where
  after_script: ["true"]
`,
  });
  mkdirSync(checkout.path('precious'));
  writeFileSync(join(checkout.path('precious'), 'file'), '');
  const ended = await checkout.run(['run', '--json']);
  const mount = join(checkout.read('where').trim(), 'm');
  try {
    expect(ended.code).toBe(0);
    expect(readdirSync(checkout.path('precious'))).toEqual(['file']);
    expect(JSON.stringify(ended.events)).toContain(`${mount} (something is mounted there)`);
  } finally {
    execFileSync('umount', [mount]);
  }
});

it('removes trees that may not be written', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': 'work: { script: ["mkdir -p m/n", "touch m/n/file", "chmod -R a-w m"], after_script: ["true"] }',
  });
  const ended = await checkout.run(['run', '--json']);
  expect(ended.code).toBe(0);
  expect(ended.events.filter((event) => event.type === 'message')).toEqual([]);
  expect(readdirSync(join(checkout.cache, 'epilogue', 'builds'))).toEqual([]);
});

it('with --keep ends what the cleanup left running all the same', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': 'work: { script: ["pwd > $OUTSIDE/where"], after_script: ["(setsid sleep 300 &)"] }',
  });
  expect((await checkout.run(['run', '--keep'])).code).toBe(0);
  await checkout.untilQuiet();
  expect(existsSync(checkout.read('where').trim())).toBe(true);
});

itAsRoot('finishes a killed run although its directory cannot be removed, and says so', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `
work:
  variables: { EPILOGUE_GRACE_PERIOD: 300ms }
  script:
    - mkdir m && mount --bind $OUTSIDE/precious m
    - pwd > $OUTSIDE/where
    - sleep 300
  after_script: ["touch $OUTSIDE/cleaned"]
`,
  });
  mkdirSync(checkout.path('precious'));
  writeFileSync(join(checkout.path('precious'), 'file'), '');
  const run = checkout.start(['run']);
  await waitUntil('the script runs', () => checkout.has('where') && checkout.read('where') !== '');
  const mount = join(checkout.read('where').trim(), 'm');
  try {
    for (const { pid, command } of markedProcesses(checkout.mark)) {
      if (command.includes('epilogue-guard')) process.kill(pid, 'SIGKILL');
    }
    run.kill('SIGKILL');
    await run.ended();
    const recovered = await checkout.run(['recover', '--json']);
    expect(recovered.code).toBe(0);
    expect(JSON.stringify(recovered.events)).toContain(`${mount} (something is mounted there)`);
    expect(checkout.has('cleaned')).toBe(true);
    expect(readdirSync(checkout.path('precious'))).toEqual(['file']);
    expect((await checkout.run(['recover'])).stdout).toContain('Nothing to recover');
  } finally {
    execFileSync('umount', [mount]);
  }
});
