import type { Stage } from './stage.ts';
import type { StagedProject } from './staged-project.ts';

const CI = `
default: {after_script: [terraform destroy -auto-approve], tags: [slow]}
asked: {script: terraform apply}
cleaning: {script: terraform apply}
failed: {script: terraform apply}
# Its runner goes: another one may clean.
waiting: {script: terraform apply, interruptible: graceful}
saving: {script: terraform apply}
`;

/** Jobs in each phase of their teardown. @returns their numbers, by what they wait for */
export async function everyPhase(stage: Stage, project: StagedProject): Promise<ReadonlyMap<string, number>> {
  const hand = await stage.hand('cloud-2', ['slow']);
  const pipeline = await project.push({ ci: CI, message: 'Grow the cluster' });
  const job = await hand.takeAll();
  await stage.pass(42);
  const names = ['asked', 'failed', 'waiting', 'saving', 'cleaning'];
  const ids = new Map<string, number>();
  for (const name of names) ids.set(name, await project.jobId(pipeline, name));
  for (const name of ['asked', 'cleaning', 'saving']) await project.cancelJob(ids.get(name) ?? 0);
  await job('cleaning').trace('$ terraform apply\nmodule.cluster: Creating...\n');
  await job('cleaning').beginTeardown('canceled');
  await job('failed').beginTeardown('failed');
  await job('saving').put({
    state: 'running',
    phase: 'teardown',
    teardown: { cause: 'canceled' },
    cleanup: { outcome: 'succeeded', exit_code: 0, duration: 21.5 },
  });
  await project.lose(ids.get('waiting') ?? 0);
  await stage.pass(17);
  return ids;
}
