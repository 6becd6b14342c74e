import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../support/engines.ts';
import { isAlive } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { isThere } from './support/is-there.ts';
import { runnerPid } from './support/runner-pid.ts';
import { ServedProject } from './support/served-project.ts';
import { Serving } from './support/serving.ts';

/** What a server does when it starts, stops and dies, so each test has its own. */
describeOnEachEngine((engine) => {
  let serving: Serving;

  beforeEach(async () => {
    serving = await Serving.start(engine);
  });
  afterEach(async () => {
    await serving.dispose();
  });

  const begun = () => join(serving.outside, 'begun');
  const cleaned = () => join(serving.outside, 'cleaned');
  const slow = () => `
slow:
  script: [touch "${begun()}", sleep 100]
  after_script: [touch "${cleaned()}"]
`;

  it('signs the administrator in once, by the link of the first start, and refuses a second server on its data and one without a place', async () => {
    const link = /once: (\S+)/.exec(serving.output)?.[1] ?? '';
    expect(await (await fetch(link)).text()).toContain('<form method="post"');
    const body = new URLSearchParams({ token: new URL(link).searchParams.get('token') ?? '' });
    const first = await fetch(link.replace(/\?.*/, ''), { method: 'POST', body, redirect: 'manual' });
    expect(first.status).toBe(303);
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^epilogue_session=/);
    expect((await fetch(`${serving.base}/api/v4/projects/1/pipelines`, { headers: { cookie } })).status).toBe(404);
    expect((await fetch(link)).status).toBe(410);
    const words = ['serve', '--listen', '127.0.0.1:0', '--data-dir', serving.dataDir];
    if (engine === 'SQLite') expect(() => serving.run(...words)).toThrow(/another coordinator runs on/);
    const nowhere = ['serve', '--listen', '127.0.0.1:0', '--data-dir', '/proc/none'];
    expect(() => serving.run(...nowhere)).toThrow(/the data directory cannot be made: .*'\/proc\/none'/);
  });

  it('runs the cleanup of what runs when it is told to stop, and goes on from there when it is started again', async () => {
    const project = new ServedProject(serving);
    const pipeline = await project.start(slow());
    await waitUntil('the script has begun', () => isThere(begun()));
    await serving.stop();
    expect(isThere(cleaned())).toBe(true);
    await serving.start();
    expect(await project.untilJob(pipeline, 'slow', 'failed')).toMatchObject({ cleanup: { outcome: 'succeeded' } });
  });

  it('goes on with a job that ran while the server was killed, and with its runner, and has all of its log', async () => {
    const project = new ServedProject(serving);
    const gate = join(serving.outside, 'go');
    const pipeline = await project.start(`
slow:
  script: [echo first, touch "${begun()}", 'until [ -e "${gate}" ]; do sleep 0.05; done', echo last]
  after_script: [echo cleaned]
`);
    await waitUntil('the script has begun', () => isThere(begun()));
    const runner = runnerPid(serving);
    await serving.stop('SIGKILL');
    // At another address.
    await serving.start();
    execFileSync('touch', [gate]);
    const job = await project.untilJob(pipeline, 'slow', 'success');
    expect(job.cleanup?.outcome).toBe('succeeded');
    expect(await project.trace(job)).toMatch(/\nfirst\n[\s\S]*\nlast\n[\s\S]*\ncleaned\n/);
    expect(runnerPid(serving)).toBe(runner);
    expect(serving.log).toContain(`the runner of an earlier server goes on (process ${runner})`);
    await serving.stop();
    // It lets its directory go, and then ends.
    await waitUntil('the runner has ended', () => !isAlive(runner));
  });

  it('goes on with a job whose runner was killed, once the runner is there again', async () => {
    const project = new ServedProject(serving);
    const gate = join(serving.outside, 'go');
    const pipeline = await project.start(`
slow:
  script: [touch "${begun()}", 'until [ -e "${gate}" ]; do sleep 0.05; done', echo last]
  after_script: [touch "${cleaned()}"]
`);
    await waitUntil('the script has begun', () => isThere(begun()));
    const killed = runnerPid(serving);
    process.kill(killed, 'SIGKILL');
    await waitUntil('the runner is there again', () =>
      serving.log.includes('goes on with what an earlier process has left'),
    );
    execFileSync('touch', [gate]);
    const job = await project.untilJob(pipeline, 'slow', 'success');
    expect(job.cleanup?.outcome).toBe('succeeded');
    expect(await project.trace(job)).toMatch(/\nlast\n/);
    expect([isThere(cleaned()), runnerPid(serving) === killed]).toEqual([true, false]);
  });

  it('makes a demo project on request, whose pipeline starts at once and gives its machine back when it is cancelled', async () => {
    await serving.stop();
    await serving.start('--demo');
    const found = await waitUntil('the demo is there', () =>
      /\/demo\/graceful\/-\/pipelines\/(\d+)\n/.exec(serving.output),
    );
    const path = `/api/v4/projects/demo%2Fgraceful/pipelines/${found[1]}`;
    const machines = () =>
      execFileSync('sh', ['-c', 'ls epilogue-demo-cloud-* 2>/dev/null || :'], { cwd: serving.root }).toString();
    await waitUntil('its machine is up', () => machines().includes('demo-'));
    await serving.ask('POST', `${path}/cancel`);
    await waitUntil('it is canceled', async () => (await serving.ask('GET', path)).json.status === 'canceled');
    expect(machines()).toBe('');
  });
});
