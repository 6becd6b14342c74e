import { afterEach, expect, it } from 'vitest';
import type { JobPayload } from '../../protocol/index.ts';
import { JobBench } from '../testing/job-bench.ts';

let bench: JobBench;

afterEach(() => bench.dispose());

const step = (name: string, ...script: readonly string[]) =>
  ({ name, script, timeout: 3600, when: 'on_success', allow_failure: false }) as const;

it.each<[string, Partial<JobPayload>, string]>([
  [
    'secrets',
    { secrets: { DB_PASSWORD: { vault: {} }, KEY: {} } },
    'secrets from outside stores (secrets: DB_PASSWORD, KEY)',
  ],
  ['steps of run', { run: '[{"name":"a","script":"b"}]' }, 'this runner does not know steps (run)'],
  ['no steps at all', { steps: [] }, 'the job has no steps'],
])('fails a job with %s before anything of it runs, and says why', async (_, changes, why) => {
  bench = new JobBench({}, changes);
  const result = await bench.run();
  expect(result).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
  expect(result?.cleanup).toEqual({ outcome: 'not_owed', attempt: 0 });
  expect(bench.started).toEqual([]);
  expect(bench.log()).toContain('ERROR: Job failed: ');
  expect(bench.log()).toContain(why);
});

it.each<[string, Partial<JobPayload>]>([
  ['nothing of the kind', {}],
  ['all of it empty', { secrets: {}, run: '', inputs: [], policy_options: {} }],
])('runs a job that asks for %s', async (_, changes) => {
  bench = new JobBench({}, changes);
  expect(await bench.run()).toMatchObject({ status: 'success' });
  expect(bench.log()).not.toMatch(/WARNING|policy/);
});

it('says which policy a job is of, and that it leaves inputs as they stand', async () => {
  const inputs = [{ key: 'region', value: { type: 'string', content: 'here', sensitive: false } }];
  const policy_options = { execution_policy_job: true, policy_name: 'Scan all' };
  bench = new JobBench({}, { inputs, policy_options });
  expect(await bench.run()).toMatchObject({ status: 'success' });
  expect(bench.log()).toContain('This job was added by the policy "Scan all"');
  expect(bench.log()).toContain('WARNING: this runner leaves ${{ … }} as it stands');
});

it('runs the steps that a server names as it likes, in their order, until one fails', async () => {
  const odd = ['script', '../odd name', '../odd name', `${'x'.repeat(300)}`, 'failing', 'never'];
  bench = new JobBench({ step_failing: [{ do: 'exit', code: 2 }] }, { steps: odd.map((name) => step(name, 'true')) });
  expect(await bench.run()).toMatchObject({ status: 'failed', exitCode: 2 });
  const ids = ['step_script', 'step____odd_name', 'step____odd_name-2', `step_${'x'.repeat(60)}`, 'step_failing'];
  expect(bench.started).toEqual(ids);
});

it('expands variables in the lines of a release, and in no other', async () => {
  const variables = [{ key: 'TAG', value: 'v1', public: true, masked: false, file: false, raw: false }];
  bench = new JobBench({}, { variables, steps: [step('script', 'echo $TAG'), step('release', 'release-cli $TAG')] });
  await bench.run();
  const [script, release] = bench.machine.started.map(({ step: started }) => started.script);
  expect(script).toContain('\necho $TAG\n');
  expect(release).toContain('\nrelease-cli v1\n');
});
