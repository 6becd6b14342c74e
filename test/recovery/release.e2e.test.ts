import { afterEach, describe, expect, it } from 'vitest';
import { Checkout } from '../support/checkout.ts';
import { docker, dockerHost, images, leavesNothing, withoutDocker } from '../support/docker/docker.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A container is a child of the engine, not of the job: killing the script does not end it. */
const CONTAINER = `
serve:
  TIMEOUT
  variables: { EPILOGUE_GRACE_PERIOD: 500ms }
  script:
    - docker run --detach --network none --label "made-by=$OUTSIDE" ${images.busybox} sleep 600
    - touch $OUTSIDE/up
    - sleep 300
  after_script:
    - docker rm --force $(docker ps --all --quiet --filter "label=made-by=$OUTSIDE")
`;

/** A lock as Terraform makes one: only the cleanup removes it. */
const LOCK = `
migrate:
  TIMEOUT
  variables: { EPILOGUE_GRACE_PERIOD: 500ms }
  script:
    - mkdir $OUTSIDE/terraform.lock
    - touch $OUTSIDE/up
    - sleep 300
  after_script:
    - rmdir $OUTSIDE/terraform.lock
`;

let checkout: Checkout;

afterEach(() => checkout.dispose());

interface Resource {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** What of it is there now. */
  readonly found: () => string;
}

const container: Resource = {
  file: CONTAINER,
  env: { DOCKER_HOST: dockerHost },
  found: () => docker('ps', '--all', '--quiet', '--filter', `label=made-by=${checkout.outside}`),
};
const lock: Resource = { file: LOCK, env: {}, found: () => (checkout.has('terraform.lock') ? 'terraform.lock' : '') };

describe.each([
  { name: 'a lock outside of the job', resource: lock, skip: false },
  { name: 'a Docker container', resource: container, skip: withoutDocker },
])('$name that a script made', ({ resource, skip }) => {
  if (resource === container && !skip) leavesNothing();

  async function start(timeout = ''): Promise<ReturnType<Checkout['start']>> {
    checkout = new Checkout({ '.gitlab-ci.yml': resource.file.replace('TIMEOUT', timeout) });
    const run = checkout.start(['run', '--json'], resource.env);
    await waitUntil('it is there', () => checkout.has('up'), 30_000);
    expect(resource.found()).not.toBe('');
    return run;
  }

  it.skipIf(skip)('is gone after a cancel', async () => {
    const run = await start();
    run.kill('SIGINT');
    expect((await run.ended()).code).toBe(130);
    expect(resource.found()).toBe('');
  });

  it.skipIf(skip)('is gone after a timeout', async () => {
    const run = await start('timeout: 4 seconds');
    expect((await run.ended()).code).toBe(1);
    expect(resource.found()).toBe('');
  });

  it.skipIf(skip)('is gone after kill -9 of the program, thanks to the guard', async () => {
    const run = await start();
    run.kill('SIGKILL');
    await run.ended();
    await checkout.untilQuiet(20_000);
    expect(resource.found()).toBe('');
  });

  it.skipIf(skip)('is gone after kill -9 of program and guard, and `recover`', async () => {
    const run = await start();
    for (const { pid } of markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'))) {
      process.kill(pid, 'SIGKILL');
    }
    run.kill('SIGKILL');
    await run.ended();
    expect(resource.found()).not.toBe('');
    expect((await checkout.run(['recover', '--json'], resource.env)).code).toBe(0);
    expect(resource.found()).toBe('');
  });
});
