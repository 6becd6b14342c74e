import { expect, it } from 'vitest';
import { describeOnDocker } from '../support/docker/docker.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ASK, pipelineOf, SERVICE, useDockerLab } from './support/docker-lab.ts';

const LONG = { timeout: 90_000 };

describeOnDocker('the cleanup of a job in a container', () => {
  const dockerLab = useDockerLab();
  const { lab } = dockerLab;

  /** Its service still answers in the cleanup. */
  async function begin(id: string, more: { job?: readonly string[]; start?: readonly string[] } = {}) {
    const job = [`services: [${SERVICE}]`, ...(more.job ?? [])];
    const cleanup = [`${ASK} >${dockerLab.path(id)}.stock`];
    const pushed = await lab.push(pipelineOf(dockerLab, { id, job, cleanup }));
    dockerLab.start(more.start);
    await dockerLab.until(`${id}.begun`);
    return pushed;
  }

  /** It ran once, in the container of the script, beside its service; nothing is left. */
  async function isSame(id: string, told: string): Promise<void> {
    expect(dockerLab.read(`${id}.cleaned`)).toBe(`${told} 1 kept\n`);
    expect(dockerLab.read(`${id}.host2`)).toBe(dockerLab.read(`${id}.host`));
    expect(dockerLab.read(`${id}.stock`)).toBe('3 apples\n');
    await dockerLab.untilNothingIsLeft();
  }

  it('finds it and its services as the script left them', LONG, async () => {
    const job = await begin('well');
    dockerLab.touch('well.go');
    expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    await isSame('well', 'success succeeded');
  });

  it('does so after a cancel', LONG, async () => {
    const job = await begin('cancel');
    await lab.api('POST', `${job.path}/cancel`);
    expect(await job.ended()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
    await isSame('cancel', 'canceled canceled');
  });

  it('does so after a timeout', LONG, async () => {
    const job = await begin('time', { job: ['timeout: 5 seconds'] });
    expect(await job.ended()).toMatchObject({
      failure_reason: 'job_execution_timeout',
      cleanup: { outcome: 'succeeded' },
    });
    await isSame('time', 'timedout timed_out');
  });

  it('does so when the runner is told to stop', LONG, async () => {
    const job = await begin('term');
    lab.signal('SIGTERM');
    expect(await lab.ended()).toBe(0);
    expect(await job.read()).toMatchObject({ status: 'failed', cleanup: { outcome: 'succeeded' } });
    await isSame('term', 'canceled runner_shutdown');
  });

  it('does so when the runner is killed, and its guard goes on', LONG, async () => {
    const job = await begin('guard');
    await lab.kill();
    dockerLab.touch('guard.go');
    expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
    await isSame('guard', 'success succeeded');
  });

  it('does so when the runner is killed and started again', LONG, async () => {
    const job = await begin('again', { start: ['--no-guard'] });
    await lab.kill();
    dockerLab.start(['--no-guard']);
    await waitUntil('it is taken up', () => lab.read('runner.log').includes('goes on with what'));
    dockerLab.touch('again.go');
    expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
    await isSame('again', 'success succeeded');
  });

  it('comes after a script that ignores TERM, and that left processes everywhere', LONG, async () => {
    const script = ["trap '' TERM; setsid sleep 301 & sh -c 'while :; do sleep 1; done' deaf-loop"];
    const id = 'deaf';
    const job = await lab.push(
      pipelineOf(dockerLab, {
        id,
        job: ['variables: {EPILOGUE_GRACE_PERIOD: 500ms}'],
        script,
        cleanup: [`ps -o args >${dockerLab.path(id)}.ps`],
      }),
    );
    dockerLab.start();
    await dockerLab.until(`${id}.begun`);
    await lab.api('POST', `${job.path}/cancel`);
    expect(await job.ended()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
    expect(dockerLab.read(`${id}.ps`)).not.toContain('sleep 301');
    expect(dockerLab.read(`${id}.ps`)).not.toContain('deaf-loop');
    await dockerLab.untilNothingIsLeft();
  });
});
