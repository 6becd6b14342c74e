import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { Checkout, type Running, shownLog } from '../support/checkout.ts';
import { describeOnDocker, dockerHost, images } from '../support/docker/docker.ts';
import { markedProcesses } from '../support/processes.ts';
import { statuses } from '../support/statuses.ts';
import { waitUntil } from '../support/wait-until.ts';

const FILE = `
box:
  image: ${images.busybox}
  script: [busybox | sed -n 1p, echo there > /only-here, 'echo made > made', 'echo "$CI_DISPOSABLE_ENVIRONMENT" > "$CI_PROJECT_DIR/disposable"']
  after_script: [cat /only-here]
  artifacts: { paths: [made, disposable] }
here:
  stage: deploy
  script: [cat made disposable > "$OUTSIDE/made", 'echo "$CI_SHARED_ENVIRONMENT" >> "$OUTSIDE/made"']
`;

/** Its cleanup can only end well in the container of its script. */
const LONG = `
box:
  image: ${images.busybox}
  script: [echo kept > /only-here, 'echo is-$((1 + 1))', sleep 300]
  after_script: [cat /only-here, 'echo "told $CI_JOB_STATUS"']
`;

let checkout: Checkout;

describeOnDocker('epilogue run', () => {
  afterEach(() => checkout.dispose());

  it('runs a job with an image in a container, its after_script in the same, and the others here', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE });
    const ended = await checkout.run(['run', '--json'], { DOCKER_HOST: dockerHost });
    expect(shownLog(ended, 'box')).toMatch(/on the docker executor[\s\S]*BusyBox[\s\S]*there\n/);
    expect(statuses(ended)).toEqual({ box: 'success', here: 'success' });
    expect(checkout.read('made')).toBe('made\ntrue\ntrue\n');
    expect(shownLog(ended, 'here')).toContain('on the shell executor');
  });

  async function startLong(): Promise<Running> {
    checkout = new Checkout({ '.gitlab-ci.yml': LONG });
    const run = checkout.start(['run', '--json'], { DOCKER_HOST: dockerHost });
    await waitUntil('its script runs', () => run.stdout.includes('is-2'), 30_000);
    return run;
  }

  it('cleans up in the container of a job that is canceled', async () => {
    const run = await startLong();
    run.kill('SIGINT');
    const ended = await run.ended();
    expect(ended.code).toBe(130);
    expect(shownLog(ended, 'box')).toMatch(/\nkept\n[\s\S]*\ntold canceled\n/);
  });

  it('is recovered on the engine that it had, whichever is meant by then', async () => {
    const run = await startLong();
    for (const { pid } of markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'))) {
      process.kill(pid, 'SIGKILL');
    }
    run.kill('SIGKILL');
    await run.ended();
    const recovered = await checkout.run(['recover', '--json'], { DOCKER_HOST: 'unix:///nowhere' });
    expect(recovered.code).toBe(0);
    const told = recovered.events.find(({ type }) => type === 'run_recovered');
    const [job] = told?.type === 'run_recovered' ? told.jobs : [];
    expect(job?.cleanup).toMatchObject({ outcome: 'succeeded' });
    expect(readFileSync(job?.logFile ?? '', 'utf8')).toMatch(/\nkept\n[\s\S]*\ntold failed\n/);
  });

  it('runs all in containers of the image that it is told, or on this machine', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': 'a: { script: [echo ran] }',
    });
    const docker = await checkout.run(['run', '--json', '--executor', 'docker', '--image', images.busybox], {
      DOCKER_HOST: dockerHost,
    });
    expect(shownLog(docker, 'a')).toContain('on the docker executor');
    expect(statuses(docker)).toEqual({ a: 'success' });
    const shell = await checkout.run(['run', '--json', '--executor', 'shell', '--image', images.busybox], {
      DOCKER_HOST: dockerHost,
    });
    expect(shownLog(shell, 'a')).toContain('on the shell executor');
  });
});

it('runs jobs with images here where no engine answers, with one notice for all', async () => {
  checkout = new Checkout({ '.gitlab-ci.yml': `{ a: { image: x, script: [echo] }, b: { image: y, script: [echo] } }` });
  try {
    const DOCKER_HOST = `unix://${checkout.path('none')}`;
    const ended = await checkout.run(['run', '--json'], { DOCKER_HOST });
    expect(statuses(ended)).toEqual({ a: 'success', b: 'success' });
    expect(ended.stdout.match(/run on this machine itself, not in containers/g)).toHaveLength(1);
    const refused = await checkout.run(['run', '--executor', 'docker'], { DOCKER_HOST });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`${DOCKER_HOST} does not answer`)]);
  } finally {
    checkout.dispose();
  }
});
