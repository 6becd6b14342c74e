import { afterEach, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';
import { describeOnDocker, docker, dockerHost, images } from '../support/docker/docker.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Answers with what it is told by the job, and ends well when it is told to. */
const WEB = `
    - name: ${images.busybox}
      alias: web www
      variables: { GREETING: "hello $WHOM", HEALTHCHECK_TCP_PORT: "8080" }
      command: [sh, -c, 'trap "echo bye; exit 0" TERM; echo "$GREETING" >/hello; httpd -p 8080; echo serving; while :; do sleep 600 & wait $!; done']
`;

const FILE = `
shop:
  image: ${images.busybox}
  variables: { WHOM: shop, CI_DEBUG_SERVICES: "true" }
  services:${WEB}
  script:
    - wget -qO- http://web:8080/hello
    - MORE
  after_script: ['echo "after: $(wget -qO- http://www:8080/hello)"']
`;

/** What the engine did with the services of this checkout's jobs, in its order. */
function servicesSince(startedAt: number, root: string): readonly string[] {
  const times = ['--since', String(startedAt / 1000), '--until', String(Date.now() / 1000)];
  const filters = ['--filter', 'type=container', '--filter', 'label=io.epilogue.type=service'];
  return docker('events', ...times, ...filters, '--format', '{{json .}}')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { Action: string; Actor: { Attributes: Readonly<Record<string, string>> } })
    .filter(({ Actor }) => Actor.Attributes['io.epilogue.home']?.startsWith(root))
    .map(({ Action, Actor: { Attributes } }) => `${Action} ${Attributes.signal ?? Attributes.exitCode ?? ''}`.trim());
}

let checkout: Checkout;

describeOnDocker('services of a job', () => {
  afterEach(() => checkout.dispose());

  it('are there for script and after_script, and are told to end before they are removed', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE.replace('MORE', 'echo more') });
    const startedAt = Date.now();
    const ended = await checkout.run(['run', '--json'], { DOCKER_HOST: dockerHost });
    const log = shownLog(ended, 'shop');
    expect(log).toMatch(/Starting service \S+busybox:latest\.\.\.\n/);
    expect(log).toContain('Waiting for services to be up and running (timeout 30 seconds)...\n');
    expect(log).toMatch(/\nhello shop\n[\s\S]*\nafter: hello shop\n/);
    expect(log).toMatch(/\[service:\S+busybox:latest\] serving\n/);
    expect(finished(ended, 'shop')).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    const done = servicesSince(startedAt, checkout.root);
    expect(done.slice(done.indexOf('start'))).toEqual(['start', 'kill 15', 'die 0', 'stop', 'destroy']);
  });

  it('are there for after_script when the job is canceled', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE.replace('MORE', 'echo now; sleep 300') });
    const run = checkout.start(['run', '--json'], { DOCKER_HOST: dockerHost });
    await waitUntil('the script runs', () => shownLog(run, 'shop').includes('\nnow\n'), 40_000);
    run.kill('SIGINT');
    const ended = await run.ended();
    expect(shownLog(ended, 'shop')).toContain('\nafter: hello shop\n');
    expect(finished(ended, 'shop')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
  });

  it('are spoken of when they die under a script', async () => {
    const dies = '- { name: BUSYBOX, alias: db, command: [sh, -c, "nc -l -p 5432; echo no space left; exit 4"] }';
    const file = FILE.replace(WEB, `\n    ${dies.replace('BUSYBOX', images.busybox)}\n`)
      .replace('wget -qO- http://web:8080/hello', `address=$(nslookup db | awk '/^Address/ {a=$2} END {print a}')`)
      // Its address goes with it; to ask for its name would take longer.
      .replace(
        'MORE',
        'until nc $address 5432 </dev/null; do usleep 100000; done; while ping -c 1 -W 1 $address; do usleep 100000; done; exit 1',
      );
    checkout = new Checkout({ '.gitlab-ci.yml': file.replace(/ {2}after_script.*\n/, '') });
    const ended = await checkout.run(['run', '--json'], { DOCKER_HOST: dockerHost });
    expect(shownLog(ended, 'shop')).toMatch(
      /Service \S+busybox:latest does not run any more: exited with code 4\. What it printed last:[\s\S]*no space left/,
    );
    expect(finished(ended, 'shop')).toMatchObject({ status: 'failed' });
  });
});
