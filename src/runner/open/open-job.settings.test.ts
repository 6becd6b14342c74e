import { afterEach, expect, it } from 'vitest';
import type { JobPayload } from '../../protocol/index.ts';
import { type Acts, JobBench } from '../testing/job-bench.ts';
import { DEFAULT_RUNNER_SETTINGS, type RunnerSettings } from './runner-settings.ts';

let bench: JobBench;

afterEach(() => bench.dispose());

function open(settings: Partial<RunnerSettings>, acts: Acts = {}, changes: Partial<JobPayload> = {}): void {
  bench = new JobBench(acts, changes);
  bench.settings = { ...DEFAULT_RUNNER_SETTINGS, ...settings };
}

/** The commands of a step in their order, as they are shown. */
function shown(step: string): string[] {
  const script = bench.machine.started.find(({ step: { id } }) => id === step)?.step.script ?? '';
  return [...script.matchAll(/32;1m\$ (\w+)/g)].map((match) => match[1] ?? '');
}

const step = (name: string, ...script: readonly string[]) =>
  ({ name, script, timeout: 3600, when: 'on_success', allow_failure: false }) as const;

it("runs the owner's scripts around those of the job, the cleanup left out", async () => {
  const owners = { preGetSourcesScript: 'a', postGetSourcesScript: 'd', preBuildScript: 'e', postBuildScript: 'g' };
  const hooks = [
    { name: 'pre_get_sources_script', script: ['b'] },
    { name: 'post_get_sources_script', script: ['c'] },
  ] as const;
  open(owners, {}, { hooks, steps: [step('script', 'f'), step('release', 'h'), step('after_script', 'z')] });
  await bench.run();
  const steps = ['pre_get_sources_script', 'post_get_sources_script', 'step_script', 'step_release', 'after_script-1'];
  expect(steps.map(shown)).toEqual([['a', 'b'], ['c', 'd'], ['e', 'f', 'g'], ['e', 'h', 'g'], ['z']]);
});

it('keeps so much of a log as the owner says, unless the job says otherwise', async () => {
  const chatter: Acts = { step_script: [{ do: 'print', text: 'x'.repeat(10_000) }] };
  open({ outputLimitBytes: 2048 }, chatter);
  await bench.run();
  expect(bench.log()).toContain('more than the limit of 2 KiB');
  expect(bench.log()).toContain('Job succeeded');
  bench.dispose();
  const own = { key: 'RUNNER_LOG_LIMIT', value: '20', public: true, masked: false, file: false, raw: false };
  open({ outputLimitBytes: 2048 }, chatter, { variables: [own] });
  await bench.run();
  expect(bench.log()).not.toContain('more than the limit');
});

it('traces nothing where the owner has turned that off, and says so', async () => {
  const trace = { key: 'CI_DEBUG_TRACE', value: 'true', public: true, masked: false, file: false, raw: false };
  open({ debugTraceDisabled: true }, {}, { variables: [trace] });
  await bench.run();
  expect(bench.machine.started[0]?.step.script).not.toContain('set -x');
  expect(bench.log()).toContain('CI_DEBUG_TRACE has no effect');
});

it('masks what the process knows beside the payload', async () => {
  open({}, { step_script: [{ do: 'print', text: 'the runner has very-secret\n' }] });
  bench.secrets = ['very-secret'];
  await bench.run();
  expect(bench.log()).toContain('the runner has [MASKED]');
});
