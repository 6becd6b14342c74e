import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../support/wait-until.ts';
import type { LabJob } from './support/lab-job.ts';
import { isLastUpdate, isUpload } from './support/requests.ts';
import { useRunnerLab } from './support/use-runner-lab.ts';

/** Starting a server, a runner and a push, several times, on a busy machine. */
const LONG = { timeout: 90_000 };

const lab = useRunnerLab();

const LINES = Array.from({ length: 40 }, (_, index) => `line ${index}`);

/** A job that prints slowly on both sides of a file that the test makes, then cleans up. */
const pipeline = (id: string, { script = '', cleanup = '', artifacts = false } = {}) => `
job:
  variables: {ID: ${id}}
  script:
    - touch ${lab.root}/$ID.begun; echo $$ $PPID > ${lab.root}/$ID.pids
    - for i in $(seq 0 19); do echo "line $i"; done
    - ${JSON.stringify(script || 'true')}
    - for i in $(seq 20 39); do echo "line $i"; done
    - echo made > made.txt
  after_script:
    - echo "$CI_JOB_STATUS $EPILOGUE_TEARDOWN_CAUSE $EPILOGUE_CLEANUP_ATTEMPT" >> ${lab.root}/$ID.cleaned
    - ${JSON.stringify(cleanup || 'true')}
    - echo cleaned up
${artifacts ? '  artifacts: {paths: [made.txt]}' : ''}
`;

async function isWhole(job: LabJob): Promise<void> {
  const log = await job.log();
  expect(log.match(/^line \d+$/gm), log).toEqual(LINES);
  expect(log.match(/^cleaned up$/gm), log).toEqual(['cleaned up']);
}

describe('a job whose runner is killed', LONG, () => {
  it('while it gets sources: the next one begins that again, and the job ends well', async () => {
    lab.touch('hold-git');
    const job = await lab.push(pipeline('sources'));
    lab.start(['--no-guard']);
    await lab.until('in-git');
    await lab.kill();
    expect(lab.has('sources.begun')).toBe(false);
    lab.start(['--no-guard']);
    await waitUntil(
      'the git of the first runner is gone',
      () => lab.leftRunning.filter((words) => / fetch /.test(words)).length <= 1,
    );
    rmSync(lab.path('hold-git'));
    expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    await isWhole(job);
    await lab.untilNothingIsLeft();
  });

  it('in its script: the next one follows it on', async () => {
    const job = await lab.push(pipeline('script', { script: lab.waitFor('script.go') }));
    lab.start(['--no-guard']);
    await lab.until('script.begun');
    await lab.kill();
    lab.start(['--no-guard']);
    await waitUntil('it is taken up', () => lab.read('runner.log').includes('goes on with what'));
    lab.touch('script.go');
    expect(await job.ended()).toMatchObject({
      status: 'success',
      cleanup: { outcome: 'succeeded', attempt: 1 },
    });
    expect(lab.read('script.cleaned')).toBe('success succeeded 1\n');
    await isWhole(job);
    await lab.untilNothingIsLeft();
  });

  it.each([
    ['well', 'true', 'success', 'success succeeded 1\n'],
    ['badly', 'exit 7', 'failed', 'failed failed 1\n'],
  ])('in a script that ends %s while no runner is there: the next one judges it', async (how, end, status, cleaned) => {
    const job = await lab.push(
      pipeline(how, { script: `${lab.waitFor(`${how}.go`)}; touch ${lab.root}/${how}.over; ${end}` }),
    );
    lab.start(['--no-guard']);
    await lab.until(`${how}.begun`);
    await lab.kill();
    lab.touch(`${how}.go`);
    await lab.until(`${how}.over`);
    lab.start(['--no-guard']);
    const ended = await job.ended();
    expect(ended).toMatchObject({ status, cleanup: { outcome: 'succeeded' } });
    if (status === 'failed') expect(await job.log()).toContain('Job failed: exit code 7');
    expect(lab.read(`${how}.cleaned`)).toBe(cleaned);
    await lab.untilNothingIsLeft();
  });

  it('together with its script: the next one runs the cleanup, and the runner was lost', async () => {
    const job = await lab.push(pipeline('lost', { script: lab.waitFor('never') }));
    lab.start(['--no-guard']);
    await lab.until('lost.pids');
    await lab.kill();
    const [script, wrapper] = readFileSync(lab.path('lost.pids'), 'utf8').trim().split(' ').map(Number);
    for (const pid of [wrapper, script]) if (pid !== undefined) process.kill(pid, 'SIGKILL');
    lab.start(['--no-guard']);
    expect(await job.ended()).toMatchObject({
      status: 'failed',
      failure_reason: 'runner_system_failure',
      teardown: { cause: 'runner_lost' },
      cleanup: { outcome: 'succeeded' },
    });
    expect(lab.read('lost.cleaned')).toBe('failed runner_lost 1\n');
    await lab.untilNothingIsLeft();
  });

  it('in its cleanup: the next one follows that on', async () => {
    const job = await lab.push(pipeline('cleanup', { cleanup: lab.waitFor('cleanup.go') }));
    lab.start(['--no-guard']);
    await lab.until('cleanup.cleaned');
    await lab.kill();
    lab.start(['--no-guard']);
    lab.touch('cleanup.go');
    expect(await job.ended()).toMatchObject({
      status: 'success',
      cleanup: { outcome: 'succeeded', attempt: 1 },
    });
    expect(lab.read('cleanup.cleaned')).toBe('success succeeded 1\n');
    await isWhole(job);
    await lab.untilNothingIsLeft();
  });

  it('while it sends artifacts: the next one sends them', async () => {
    const upload = lab.proxy.hold(isUpload);
    const job = await lab.push(pipeline('upload', { artifacts: true }));
    lab.start(['--no-guard']);
    await waitUntil('they are on their way', () => upload.hasArrived);
    await lab.kill();
    upload.release();
    lab.start(['--no-guard']);
    expect(await job.ended()).toMatchObject({ status: 'success', artifacts_file: { filename: 'artifacts.zip' } });
    await isWhole(job);
    await lab.untilNothingIsLeft();
  });

  it('before its server hears the result: the next one tells it', async () => {
    const result = lab.proxy.hold(isLastUpdate);
    const job = await lab.push(pipeline('result'));
    lab.start(['--no-guard']);
    await waitUntil('the result is on its way', () => result.hasArrived);
    await lab.kill();
    result.release();
    lab.start(['--no-guard']);
    expect(await job.ended()).toMatchObject({ status: 'success' });
    expect(lab.read('result.cleaned')).toBe('success succeeded 1\n');
    await isWhole(job);
    await lab.untilNothingIsLeft();
  });
});

it('is cancelled while no runner is there: the next one is told, stops it, and cleans up', LONG, async () => {
  const job = await lab.push(pipeline('away', { script: lab.waitFor('never') }));
  lab.start(['--no-guard']);
  await lab.until('away.begun');
  await lab.kill();
  await lab.api('POST', `${job.path}/cancel`);
  lab.start(['--no-guard']);
  expect(await job.ended()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
  expect(lab.read('away.cleaned')).toBe('canceled canceled 1\n');
  await lab.untilNothingIsLeft();
});

it('goes on with a script and its cleanup while its server is away, and tells it all later', LONG, async () => {
  const job = await lab.push(pipeline('alone', { script: lab.waitFor('alone.go') }));
  lab.start(['--no-guard']);
  await lab.until('alone.begun');
  await lab.kill();
  lab.proxy.cut();
  lab.start(['--no-guard']);
  lab.touch('alone.go');
  await lab.until('alone.cleaned');
  lab.proxy.heal();
  expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
  await isWhole(job);
  await lab.untilNothingIsLeft();
});
