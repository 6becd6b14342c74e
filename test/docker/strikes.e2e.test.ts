import { expect, it } from 'vitest';
import { describeOnDocker, docker, images } from '../support/docker/docker.ts';
import { pipelineOf, useDockerLab } from './support/docker-lab.ts';

const LONG = { timeout: 90_000 };

describeOnDocker('a job in a container', () => {
  const dockerLab = useDockerLab();
  const { lab } = dockerLab;

  async function begin(pipeline: Parameters<typeof pipelineOf>[1], settings: readonly string[] = []) {
    const job = await lab.push(pipelineOf(dockerLab, pipeline));
    dockerLab.start([], settings);
    return job;
  }

  /** In its script. */
  async function beginScript(id: string, ...more: readonly string[]) {
    const job = await begin({ id, job: more });
    await dockerLab.until(`${id}.begun`);
    return { job, name: await dockerLab.container() };
  }

  /** In its cleanup, which waits for `<id>.clean`. */
  async function beginCleanup(id: string) {
    const job = await begin({ id, script: [], cleanup: [dockerLab.waitFor(`${id}.clean`)] });
    await dockerLab.until(`${id}.cleaned`);
    return { job, name: await dockerLab.container() };
  }

  it('whose container is killed in its script has its cleanup there all the same', LONG, async () => {
    const { job, name } = await beginScript('killed');
    docker('kill', name);
    expect(await job.ended()).toMatchObject({
      failure_reason: 'runner_system_failure',
      teardown: { cause: 'failed' },
      cleanup: { outcome: 'succeeded', attempt: 1 },
    });
    expect(dockerLab.read('killed.cleaned')).toBe('failed failed 1 kept\n');
    await dockerLab.untilNothingIsLeft();
  });

  it('whose container is removed in its script has its cleanup in a new one', LONG, async () => {
    const { job, name } = await beginScript('removed');
    docker('rm', '--force', name);
    expect(await job.ended()).toMatchObject({
      failure_reason: 'runner_system_failure',
      teardown: { cause: 'failed' },
      cleanup: { outcome: 'succeeded', attempt: 1 },
    });
    expect(await job.log()).toContain('removed');
    expect(dockerLab.read('removed.cleaned')).toBe('failed failed 1 \n');
    await dockerLab.untilNothingIsLeft();
  });

  it.each([
    ['killed', ['kill'], 'kept'],
    ['removed', ['rm', '--force'], ''],
  ] as const)('whose container is %s in its cleanup has that run again', LONG, async (how, words, kept) => {
    const id = `${how}2`;
    const { job, name } = await beginCleanup(id);
    docker(...words, name);
    dockerLab.touch(`${id}.clean`);
    expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 2 } });
    expect(dockerLab.read(`${id}.cleaned`)).toBe(`success succeeded 1 kept\nsuccess succeeded 2 ${kept}\n`);
    await dockerLab.untilNothingIsLeft();
  });

  it('whose image does not exist fails, and says which', LONG, async () => {
    const job = await begin({ id: 'none', job: ['image: epilogue-test/no-such-image'] });
    expect(await job.ended()).toMatchObject({ status: 'failed', cleanup: { outcome: 'not_owed' } });
    expect(await job.log()).toMatch(/Preparation failed: .*epilogue-test\/no-such-image/);
    expect(dockerLab.has('none.begun')).toBe(false);
    await dockerLab.untilNothingIsLeft();
  });

  it('whose image does not run its arguments fails, and says what to do', LONG, async () => {
    const job = await begin({ id: 'entry', job: [`image: ${images.entrypoint}`] });
    expect(await job.ended()).toMatchObject({ status: 'failed', cleanup: { outcome: 'not_owed' } });
    expect(await job.log()).toMatch(/Preparation failed: .*entrypoint: \[""\]/);
    await dockerLab.untilNothingIsLeft();
    const mended = await lab.push(
      pipelineOf(dockerLab, {
        id: 'mended',
        job: [`image: {name: ${images.entrypoint}, entrypoint: [""]}`],
        script: [],
      }),
    );
    expect(await mended.ended()).toMatchObject({ status: 'success' });
    await dockerLab.untilNothingIsLeft();
  });

  it('that fills its disk has its cleanup', LONG, async () => {
    const job = await begin(
      {
        id: 'full',
        script: ['dd if=/dev/zero of=/small/all bs=64k', 'echo not reached'],
        cleanup: ['rm /small/all', 'echo room >/small/again'],
      },
      ['[runners.docker.tmpfs]', '"/small" = "size=1m"'],
    );
    expect(await job.ended()).toMatchObject({ failure_reason: 'script_failure', cleanup: { outcome: 'succeeded' } });
    expect(await job.log()).toMatch(/No space left on device/);
    await dockerLab.untilNothingIsLeft();
  });

  it('that takes more memory than it may is told so, and has its cleanup', LONG, async () => {
    const script = ['tail /dev/zero'];
    const job = await begin({ id: 'memory', script }, ['memory = "24m"', 'memory_swap = "24m"']);
    expect(await job.ended()).toMatchObject({ status: 'failed', cleanup: { outcome: 'succeeded' } });
    expect(await job.log()).toMatch(/out of memory|OOM/i);
    expect(dockerLab.read('memory.cleaned')).toBe('failed failed 1 kept\n');
    await dockerLab.untilNothingIsLeft();
  });

  it('run as somebody else has files of theirs, and nothing of it is left', LONG, async () => {
    const id = 'user';
    const script = ['id -u', 'test -w .', 'mkdir -p out/deep', 'echo made >out/deep/file', 'chmod 700 out/deep'];
    const more = [`image: ${images.user}`, 'artifacts: {paths: [out]}'];
    const job = await begin({ id, job: more, script, cleanup: ['id -u; cat out/deep/file'] });
    expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    expect((await job.log()).match(/^1000$/gm)).toHaveLength(2);
    const artifact = await lab.api('GET', `${job.path}/artifacts/out/deep/file`);
    expect(artifact).toBe('made\n');
    await dockerLab.untilNothingIsLeft();
  });
});
